import JSON5 from "json5";
import { describe, expect, it } from "vitest";
import { type ConfigReader, readConfigFile } from "../../src/installation/config-file.ts";
import { errorOf } from "../fixtures/errors.ts";

/** Files by path; `links` leads one path to another. */
function reader(files: Record<string, string>, links: Record<string, string> = {}): ConfigReader {
  return {
    read(path) {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error("no"), { code: "ENOENT" });
      return text;
    },
    real: (path) => links[path] ?? path,
    parse: (text) => JSON5.parse(text),
  };
}

const at = (includeRoots: string[] = []) => ({ configFile: "/s/openclaw.json", includeRoots });

it.each<[string, Record<string, string>, unknown]>([
  ["JSON5", { "/s/openclaw.json": "{ // comment\n gateway: { port: 1, }, }" }, { gateway: { port: 1 } }],
  ["an include at the top", { "/s/openclaw.json": '{ $include: "./a.json5" }', "/s/a.json5": "{ a: 1 }" }, { a: 1 }],
  ["an include below, with keys beside it", { "/s/openclaw.json": '{ gateway: { $include: "a.json", port: 2, tls: { enabled: true } } }', "/s/a.json": '{ "port": 1, "tls": { "x": 1 }, "l": [1] }' }, { gateway: { port: 2, tls: { x: 1, enabled: true }, l: [1] } }],
  ["several", { "/s/openclaw.json": '{ $include: ["a", "b"], l: [3] }', "/s/a": "{ l: [1], x: { y: 1 } }", "/s/b": "{ l: [2], x: { z: 2 } }" }, { l: [1, 2, 3], x: { y: 1, z: 2 } }],
  ["nested, relative to the file that includes", { "/s/openclaw.json": '{ $include: "d/a" }', "/s/d/a": '{ b: { $include: "b" } }', "/s/d/b": "[1]" }, { b: [1] }],
  ["from a root that is named", { "/s/openclaw.json": '{ $include: "/etc/claw/a" }', "/etc/claw/a": "{ a: 1 }" }, { a: 1 }],
  ["one file twice", { "/s/openclaw.json": '{ a: { $include: "x" }, b: { $include: "x" } }', "/s/x": "1" }, { a: 1, b: 1 }],
  ["no prototype", { "/s/openclaw.json": '{ $include: "a", "constructor": 1, b: 2 }', "/s/a": "{ a: 1 }" }, { a: 1, b: 2 }],
])("reads %s", (_, files, expected) => {
  expect(readConfigFile(at(["/etc/claw"]), reader(files))).toEqual(expected);
});

describe("what can't be read is unknown", () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ["no file", {}, /openclaw\.json can't be read: ENOENT/],
    ["no JSON5", { "/s/openclaw.json": "{ token: 'canary-1" }, /openclaw\.json can't be read: it is not JSON5\.$/],
    ["no object", { "/s/openclaw.json": "[]" }, /it is no object/],
    ["an include that is missing", { "/s/openclaw.json": '{ $include: "a" }' }, /\/s\/a can't be read: ENOENT/],
    ["an include of itself", { "/s/openclaw.json": '{ $include: "a" }', "/s/a": '{ $include: "openclaw.json" }' }, /includes itself/],
    ["an include from outside", { "/s/openclaw.json": '{ $include: "../etc/passwd" }', "/etc/passwd": "{}" }, /\/etc\/passwd can't be read: OpenClaw does not read files from there/],
    ["a folder with a like name", { "/s/openclaw.json": '{ $include: "/s2/a" }', "/s2/a": "{}" }, /does not read files from there/],
    ["an include that leads outside", { "/s/openclaw.json": '{ $include: "link" }', "/s/link": "{}" }, /does not read files from there/],
    ["an include of a number", { "/s/openclaw.json": "{ $include: 1 }" }, /names no file/],
    ["keys beside a list", { "/s/openclaw.json": '{ a: { $include: "a", b: 1 } }', "/s/a": "[]" }, /can't be merged/],
    ["eleven levels", Object.fromEntries(Array.from({ length: 13 }, (_, level) => [level === 0 ? "/s/openclaw.json" : `/s/${level}`, `{ $include: "${level + 1}" }`])), /levels deep/],
  ])("%s", (_, files, message) => {
    const error = errorOf(() => readConfigFile(at(), reader(files, { "/s/link": "/etc/shadow" })));
    expect(error).toMatchObject({ code: "host-config-unreadable", message: expect.stringMatching(message) as string });
    expect(error.message).not.toContain("canary");
  });
});
