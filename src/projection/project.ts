import JSON5 from "json5";
import { redactConfig } from "./redact.ts";

const UNREADABLE = { unreadable: "openclaw.json cannot be read at the moment; OpenClaw goes on with the configuration it had." };

/**
 * What a sandbox sees in place of `openclaw.json`. Made from the file and not from the configuration
 * in the gateway's memory: in that OpenClaw has put the values of secrets in place of references to
 * them, and has filled in defaults that the operator never wrote. Included files are named, not read.
 *
 * @param text of `openclaw.json`, which is JSON5
 */
export function project(text: string, agentId: string | undefined): string {
  const config = parse(text);
  return `${JSON.stringify(config === undefined ? UNREADABLE : redactConfig(config, agentId), null, 2)}\n`;
}

function parse(text: string): unknown {
  try {
    return JSON5.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
