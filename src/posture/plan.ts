import { FortressError } from "../model/errors.ts";
import type { Finding } from "../model/finding.ts";
import { type FilterPlan, planFilter } from "./filter.ts";
import { DOCKER_KEY, type PostureFacts } from "./request.ts";
import { judgeSettings } from "./switches.ts";
import { HOME, planTmpfs } from "./tmpfs.ts";
import { planUser, type UserPlan } from "./user.ts";

export interface PosturePlan extends UserPlan {
  readonly filter: FilterPlan;
  readonly tmpfs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ulimits: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
}

/** Enough for every build tool; the kernel's own default hard limit is 4096. */
const OPEN_FILES = 16_384;

/**
 * What a sandbox must have besides mounts and limits. The same facts give the same plan, value for
 * value: it becomes part of OpenClaw's config hash.
 *
 * @throws FortressError `posture-refused`, naming every setting that no plan can make safe
 */
export function planPosture(facts: PostureFacts): PosturePlan {
  const { request, config } = facts;
  const settings = judgeSettings(facts);
  const filter = planFilter(facts);
  const { refusals: userRefusals, ...user } = planUser(facts);
  const refusals = [...settings.refusals, ...filter.refusals, ...userRefusals];
  if (refusals.length > 0) {
    throw new FortressError("posture-refused", `${refusals.map(({ because }) => because).join("; ")}.`, [...new Set(refusals.map(({ remedy }) => remedy))].join(" "));
  }
  const { ulimits, findings } = planUlimits(facts);
  return {
    ...user,
    filter: filter.filter,
    tmpfs: planTmpfs(request.engine, request.tmpfs, config.tmpfs),
    // Compilers start what they build from TMPDIR, and /tmp is noexec.
    env: { HOME, TMPDIR: HOME, ...request.env },
    ulimits,
    findings: [...settings.findings, ...filter.findings, ...findings],
  };
}

function planUlimits({ request, openFiles }: PostureFacts): Pick<PosturePlan, "ulimits" | "findings"> {
  const files = Math.min(OPEN_FILES, openFiles);
  const ulimits = { nofile: { soft: files, hard: files }, ...request.ulimits, core: { soft: 0, hard: 0 } };
  if (request.ulimits.core === undefined || JSON.stringify(request.ulimits.core) === JSON.stringify(ulimits.core)) return { ulimits, findings: [] };
  const finding: Finding = {
    id: "posture.core-replaced",
    severity: "info",
    detail: `${DOCKER_KEY}.ulimits.core is not used: a core dump in the workspace would hold an exec's keys.`,
    remedy: "Remove it when you like; it has no effect.",
  };
  return { ulimits, findings: [finding] };
}
