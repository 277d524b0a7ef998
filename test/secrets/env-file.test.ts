import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FortressError } from "../../src/model/errors.ts";
import { parseEnvFile, writeEnvFile } from "../../src/secrets/env-file.ts";
import { Secret } from "../../src/model/secret.ts";
import { errorOf } from "../fixtures/errors.ts";

const reveal = (text: string): Record<string, string> => Object.fromEntries([...parseEnvFile(text)].map(([name, secret]) => [name, secret.reveal()]));

const CANARY = "canary-7f3a";

describe("the grammar", () => {
  it.each<[string, string, Record<string, string>]>([
    ["nothing", "", {}],
    ["blanks and comments", "\n  \n# A=1\n\t# B\n", {}],
    ["a bare value", "A=b", { A: "b" }],
    ["a bare value with blanks around it", "  A = b c \t", { A: "b c" }],
    ["a bare value with anything in it", "A=b#c=d 'e' \"f\" $g `h` \\n", { A: "b#c=d 'e' \"f\" $g `h` \\n" }],
    ["an empty value", "A=", { A: "" }],
    ["empty quotes", "A=''\nB=\"\"", { A: "", B: "" }],
    ["export", "export A=1\nexport\tB=2", { A: "1", B: "2" }],
    ["export as a name", "exportA=1\nexport=2", { exportA: "1", export: "2" }],
    ["single quotes, as they are", "A=' b\\n\"$c '", { A: ' b\\n"$c ' }],
    ["double quotes with escapes", String.raw`A=" b\n\"c\" \\ \$d \e 'f' "`, { A: ' b\n"c" \\ $d \\e \'f\' ' }],
    ["a backslash before n", String.raw`A="\\n"`, { A: "\\n" }],
    ["a comment after quotes", "A='1' # one\nB=\"2\"#two", { A: "1", B: "2" }],
    ["a byte order mark", "\uFEFFA=1\nB=2", { A: "1", B: "2" }],
    ["CRLF", "A=1\r\nB='2'\r\n\r\nC=\"3\"\r\n", { A: "1", B: "2", C: "3" }],
    ["names", "_K=1\n_a9=2\nlower=3", { _K: "1", _a9: "2", lower: "3" }],
    ["names that only look like dangerous ones", "PATHS=1\nMY_LD_PRELOAD=2\nHOMEPAGE=3\nGIT_TOKEN=4\nNODE_AUTH_TOKEN=5\nOPENCLAWX=6", { PATHS: "1", MY_LD_PRELOAD: "2", HOMEPAGE: "3", GIT_TOKEN: "4", NODE_AUTH_TOKEN: "5", OPENCLAWX: "6" }],
  ])("takes %s", (_, text, secrets) => {
    expect(reveal(text)).toEqual(secrets);
  });

  it("keeps names such as __proto__ as names", () => {
    expect([...parseEnvFile("__proto__=1\nconstructor=2").keys()]).toEqual(["__proto__", "constructor"]);
  });

  it.each<[string, string, RegExp]>([
    ["=x", `=${CANARY}`, /line 1 is not NAME=value/],
    ["a bare NAME", CANARY, /line 1 is not NAME=value/],
    ["export NAME", `export ${CANARY.replace("-", "_")}`, /line 1 is not NAME=value/],
    ["*", "A=1\n*", /line 2 is not NAME=value/],
    ["NAME*", "AWS_*", /line 1 is not NAME=value/],
    ["NAME*=value", `AWS_*=${CANARY}`, /line 1 is not NAME=value/],
    ["a name with a digit first", `1A=${CANARY}`, /line 1 is not NAME=value/],
    ["a name with a dash", `A-B=${CANARY}`, /line 1 is not NAME=value/],
    ["a name with a blank", `A B=${CANARY}`, /line 1 is not NAME=value/],
    ["a name with an umlaut", `Ä=${CANARY}`, /line 1 is not NAME=value/],
    ["a quoted name", `"A"=${CANARY}`, /line 1 is not NAME=value/],
    ["NUL in a name", `A\0B=${CANARY}`, /line 1 is not NAME=value/],
    ["NUL in a value", `A=${CANARY}\0`, /line 1: A holds a NUL byte/],
    ["a duplicate", `A=1\n# x\nexport A=${CANARY}`, /line 3: A is set twice/],
    ["an open single quote", `A='${CANARY}`, /line 1: the quotes of A do not match/],
    ["an open double quote", `A="${CANARY}`, /quotes of A/],
    ["an escaped closing quote", `A="${CANARY}\\"`, /quotes of A/],
    ["something after the quotes", `A='1' ${CANARY}`, /quotes of A/],
    ["quotes in pieces", `A='1''${CANARY}'`, /quotes of A/],
    ["the line ends of an old editor", `A=1\rB=${CANARY}`, /line 1: A holds a carriage return/],
    ["several lines", `A="1\n${CANARY}"`, /line 1: the quotes of A/],
    ["a second byte order mark", `\uFEFF\uFEFFA-B=${CANARY}`, /line 1 is not NAME=value/],
  ])("refuses %s, naming the line and not the value", (_, text, message) => {
    const error = errorOf(() => parseEnvFile(text));
    expect(error.code).toBe("secrets-file-invalid");
    expect(error.message).toMatch(message);
    expect(error.message + error.remedy).not.toMatch(/canary/);
    expect(error.remedy).toMatch(/\.$/);
  });
});

describe("names that change what programs run", () => {
  it.each(["PATH", "HOME", "IFS", "ENV", "BASH_ENV", "NODE_OPTIONS", "NODE_PATH", "PYTHONPATH", "PERL5OPT", "RUBYOPT", "LD_PRELOAD", "LD_LIBRARY_PATH", "LD_", "DYLD_INSERT_LIBRARIES", "BASH_FUNC_ls", "GIT_CONFIG_COUNT", "GIT_SSH_COMMAND", "GLIBC_TUNABLES", "GCONV_PATH", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "PYTHONINSPECT", "_JAVA_OPTIONS", "LISTEN_FDS", "_CONTAINERS_USERNS_CONFIGURED", "npm_config_script_shell", "GOTRACEBACK", "TERM", "_", "CONTAINER_HOST", "DOCKER_HOST", "OPENCLAW_STATE_DIR"])(
    "refuses %s",
    (name) => {
      for (const line of [`${name}=${CANARY}`, `export ${name}="${CANARY}"`]) {
        const error = errorOf(() => parseEnvFile(`A=1\n${line}`));
        expect(error.code).toBe("secrets-file-invalid");
        expect(error.message).toBe(`secrets file: line 2: ${name} would change what programs run.`);
      }
    },
  );
});

describe("long values", () => {
  const LONGEST = 128 * 1024 - 256;

  it("takes what the kernel can pass", () => {
    expect(reveal(`A=${"x".repeat(LONGEST)}`).A).toHaveLength(LONGEST);
  });

  it.each([
    ["bare", `A=${"x".repeat(LONGEST + 1)}`],
    ["in bytes", `A='${"é".repeat(LONGEST / 2 + 1)}'`],
    ["1 MB in double quotes", `A="${"\\\\".repeat(2 ** 20)}"`],
  ])("refuses more: %s", (_, text) => {
    expect(errorOf(() => parseEnvFile(text)).message).toBe(`secrets file: line 1: A is longer than ${LONGEST} bytes.`);
  });
});

describe("properties", () => {
  const doubleQuoted = (value: string): string => `"${value.replace(/["\\$]/g, "\\$&").replaceAll("\n", "\\n")}"`;
  // `K_`: no name of the list of dangerous ones.
  const name = fc.stringMatching(/^K_[A-Za-z0-9_]{0,12}$/);
  const value = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: fc.constantFrom("\\", '"', "'", "$", "n", "\n", "\r", " ", "#", "=", "\t", "\u2028", "\uFEFF", "x") })).map((text) => text.replaceAll("\0", ""));

  it("reads back what was written in double quotes", () => {
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (secrets) => {
        const text = Object.entries(secrets).map(([key, each]) => `${key}=${doubleQuoted(each)}`);
        expect(reveal(text.join("\n"))).toEqual(secrets);
        expect(reveal(text.join("\r\n"))).toEqual(secrets);
      }),
    );
  });

  it("reads back what it writes itself, behind any valid file", () => {
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (secrets) => {
        const text = writeEnvFile(new Map(Object.entries(secrets).map(([key, each]) => [key, new Secret(each)])));
        expect(reveal(text)).toEqual(secrets);
        expect(reveal(`\uFEFF# first\r\nA='1'\r\n${text}`)).toEqual({ A: "1", ...secrets });
      }),
    );
  });

  it("throws nothing but its own error, which shows no value", () => {
    const noise = fc.string({ unit: fc.constantFrom("A", "=", '"', "'", "\\", "#", " ", "\n", "\r", "\0", "$", "*", "\uFEFF", "export ", "PATH", "é", "1") });
    fc.assert(
      fc.property(fc.oneof(noise, fc.string({ unit: "binary" })), fc.oneof(noise, fc.string()), (before, after) => {
        try {
          parseEnvFile(`${before}K=${CANARY}${after}`);
        } catch (error) {
          expect(error).toBeInstanceOf(FortressError);
          expect(error).toMatchObject({ code: "secrets-file-invalid" });
          expect(String(error) + (error as FortressError).remedy).not.toContain(CANARY);
        }
      }),
      { numRuns: 500 },
    );
  });
});
