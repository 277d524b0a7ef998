#!/usr/bin/env node
/** The commands of `openclaw fortress` without OpenClaw: for timers, and for when the gateway does not run. */
import { Command } from "commander";
import { addCommands } from "../cli/tree.ts";
import { commandContext } from "../host/command-context.ts";
import { standaloneSurroundings } from "../host/standalone.ts";

const program = new Command("fortress").description("Structural isolation of agent sandboxes");
addCommands(program, commandContext(standaloneSurroundings));
await program.parseAsync();
