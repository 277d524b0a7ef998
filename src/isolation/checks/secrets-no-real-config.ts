import { inside, RECREATE } from "../check.ts";

export const check = inside({
  id: "secrets.no-real-config",
  title: "openclaw.json is not the gateway's own file",
  severity: "critical",
  maps: ["SEC-02"],
  remedy: RECREATE,
  attempt: `need ls awk; [ -n "$CONFIG_INODE" ] || unknown "the gateway's file could not be looked at"
found=$(ls -id "$STATE/openclaw.json" 2>/dev/null | awk '{print $1}'); [ "$found" = "$CONFIG_INODE" ] && fail "the same inode, $found"; pass "\${found:-no such file}"`,
});
