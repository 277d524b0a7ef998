import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "probe.path-closed",
  title: "No directory of PATH can be written to",
  severity: "critical",
  maps: ["HCD-10"],
  remedy: RECREATE,
  attempt: `need tr; [ -n "$AGENT_PATH" ] || unknown "PATH is not set"; for dir in $(echo "$AGENT_PATH" | tr ':' '\\n'); do plants "$dir" && fail "wrote into $dir"; done; pass "$AGENT_PATH"`,
});
