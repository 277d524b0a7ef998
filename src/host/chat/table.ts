import { backup } from "./backup.ts";
import { lockdown, thaw } from "./lockdown.ts";
import { log } from "./log.ts";
import { status } from "./status.ts";
import type { Verb } from "./verb.ts";
import { verify } from "./verify.ts";

/** Every verb of `/fortress`, in the order of the help; the first one is meant where none is given. */
export const VERBS: readonly Verb[] = [status, verify, log, backup, lockdown, thaw];
