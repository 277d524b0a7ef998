import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FortressError } from "../../src/model/errors.ts";
import { parseEnvFile } from "../../src/secrets/env-file.ts";
import { splitGatewayEnv } from "../../src/secrets/gateway-env.ts";
import { errorOf } from "../fixtures/errors.ts";

const CANARY = "canary-5d";
/** The very one that OpenClaw reads the file with. */
const dotenv = createRequire(createRequire(import.meta.url).resolve("openclaw/plugin-sdk/plugin-entry"))("dotenv") as { parse(text: string): Record<string, string> };
const reveal = (text: string): Record<string, string> => Object.fromEntries([...parseEnvFile(text)].map(([name, secret]) => [name, secret.reveal()]));

describe("a .env of OpenClaw's", () => {
  it("is split into secrets and what configures the gateway, line by line", () => {
    const text = "# head\r\nexport OPENCLAW_GATEWAY_TOKEN=t # mine\r\n\r\nA=1\r\nNODE_OPTIONS='--x'\r\nexport B=\"two\\nlines\" # c\r\n# tail";
    const { secrets, rest, kept } = splitGatewayEnv(text.replace("=t # mine", "='t' # mine"), "x");
    expect(kept).toEqual(["OPENCLAW_GATEWAY_TOKEN", "NODE_OPTIONS"]);
    expect(reveal(secrets)).toEqual({ A: "1", B: "two\nlines" });
    expect(rest).toBe("# head\r\nexport OPENCLAW_GATEWAY_TOKEN='t' # mine\r\n\r\nNODE_OPTIONS='--x'\r\n# tail");
  });

  it.each([
    ["a bare value with a comment", `A=${CANARY} # prod`],
    ["a bare value with #", `A=${CANARY}#1`],
    ["backticks", `A=\`${CANARY}\``],
    ["an escape that dotenv does not know", `A="${CANARY}\\"x"`],
    ["an escape that only dotenv knows", `A="${CANARY}\\r"`],
    ["a backslash before a quote", `A='${CANARY}\\'`],
    ["the gateway's own, with more lines", `OPENCLAW_A="${CANARY}\nB=2"`],
    ["the gateway's own, with more lines in backticks", `OPENCLAW_A=\`${CANARY}\nB=2\``],
  ])("is refused with %s, by line and key and without the value", (_, line) => {
    const error = errorOf(() => splitGatewayEnv(`# x\n${line}\n`, "/s/.env"));
    const name = /^\w+/.exec(line)![0];
    expect(error).toMatchObject({ code: "secrets-file-invalid", message: `/s/.env: line 2: the value of ${name} can be read in two ways.`, remedy: expect.stringContaining(`${name}='…'`) as string });
    expect(error.message + error.remedy).not.toContain(CANARY);
  });

  it("is refused by the store's own grammar, with the file's own line numbers", () => {
    expect(errorOf(() => splitGatewayEnv(`OPENCLAW_A=1\nA='${CANARY}\n`, "/s/.env")).message).toBe("/s/.env: line 2: the quotes of A do not match.");
    expect(errorOf(() => splitGatewayEnv(`A=1\nOPENCLAW_A=${CANARY}\rB=2\n`, "/s/.env")).message).toBe("/s/.env: line 2: OPENCLAW_A holds a carriage return.");
    expect(errorOf(() => splitGatewayEnv("# x\rB=2\n", "/s/.env")).message).toBe("/s/.env: line 1 holds a carriage return.");
    expect(errorOf(() => splitGatewayEnv(`OPENCLAW_A=1\nA=1\nA=2\n`, "/s/.env")).message).toBe("/s/.env: line 3: A is set twice.");
  });

  it("that passes is read alike by dotenv, both what moves and what is left", () => {
    const piece = fc.constantFrom("a", "b", " ", "#", "'", '"', "`", "\\", "n", "r", "$", "=", "\t", ":", "\n", "\r", "\u00a0");
    const line = fc.tuple(fc.constantFrom("", "export ", " "), fc.constantFrom("OPENCLAW_A", "PATH", "B", "C", "# D"), fc.constantFrom("=", " =", "= "), fc.array(piece, { maxLength: 6 }), fc.constantFrom("\n", "\r\n")).map(([start, name, equals, value, end]) => `${start}${name}${equals}${value.join("")}${end}`);
    let passed = 0;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
        const text = lines.join("");
        let split;
        try {
          split = splitGatewayEnv(text, "x");
        } catch (error) {
          if (error instanceof FortressError) return;
          throw error;
        }
        passed += 1;
        expect({ ...dotenv.parse(split.rest), ...reveal(split.secrets) }).toEqual(dotenv.parse(text));
        expect(Object.keys(dotenv.parse(split.rest)).sort()).toEqual([...new Set(split.kept)].sort());
      }),
      { numRuns: 5_000 },
    );
    expect(passed).toBeGreaterThan(500);
  });
});
