import { inside } from "../check.ts";

export const check = inside({
  id: "filesystem.parents-stay",
  title: "Renaming directories does not replace what is mounted read-only",
  severity: "critical",
  maps: ["FS-03"],
  remedy: "Mount the whole directory read-only, or put the read-only mount directly into the writable one.",
  attempt: `need awk mv dirname; [ -r /proc/self/mountinfo ] || unknown "/proc/self/mountinfo can't be read"
for root in $WRITABLE; do
  for target in $(awk -v root="$root/" 'index($5, root) == 1 && $6 ~ /^ro/ {print $5}' /proc/self/mountinfo); do
    parent=$(dirname "$target")
    while [ "$parent" != "$root" ] && ! awk -v p="$parent" '$5 == p {found = 1} END {exit !found}' /proc/self/mountinfo; do
      if mv "$parent" "$parent.fortress-$$" 2>/dev/null; then mv "$parent.fortress-$$" "$parent"; fail "renamed $parent, above $target"; fi
      parent=$(dirname "$parent")
    done
  done
done; pass "none could be renamed"`,
});
