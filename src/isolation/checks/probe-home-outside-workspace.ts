import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "probe.home-outside-workspace",
  title: "HOME is not where files outlive the sandbox",
  severity: "warn",
  maps: ["HCD-11"],
  remedy: RECREATE,
  attempt: `[ -n "$HOME" ] || fail "HOME is not set"; for root in $WRITABLE; do case "$HOME/" in "$root"/*) fail "$HOME";; esac; done; pass "$HOME"`,
});
