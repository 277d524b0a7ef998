import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { manifestConfigSchema } from "../../src/config/manifest.ts";

type Json = Record<string, unknown>;

const manifest = JSON.parse(readFileSync(new URL("../../openclaw.plugin.json", import.meta.url), "utf8")) as Json;

/** Every schema at every depth, by its path. */
function schemas(schema: Json, path: string): [string, Json][] {
  const children = Object.entries((schema.properties ?? {}) as Record<string, Json>);
  return [[path, schema], ...children.flatMap(([name, child]) => schemas(child, `${path}.${name}`))];
}

const all = schemas(manifestConfigSchema(), "config");

it("is what the manifest says (else: npm run manifest)", () => {
  expect(manifest.configSchema).toEqual(manifestConfigSchema());
});

it("knows every key", () => {
  expect(all.map(([path]) => path)).toEqual([
    "config",
    "config.engine",
    "config.limits",
    "config.limits.memory",
    "config.limits.cpus",
    "config.limits.pids",
    "config.limits.onFailure",
    "config.disk",
    "config.disk.warn",
    "config.disk.warn.size",
    "config.disk.warn.files",
    "config.disk.warn.log",
    "config.disk.freeze",
    "config.disk.freeze.size",
    "config.disk.freeze.files",
    "config.disk.freeze.log",
    "config.mounts",
    "config.mounts.profile",
    "config.mounts.add",
    "config.mounts.agents",
    "config.posture",
    "config.posture.seccomp",
    "config.posture.user",
    "config.posture.tmpfs",
    "config.posture.network",
    "config.posture.network.allow",
    "config.secrets",
    "config.secrets.file",
    "config.secrets.fromCredentials",
    "config.secrets.values",
    "config.secrets.fromEnvironment",
    "config.secrets.grants",
    "config.secrets.delivery",
    "config.attestation",
    "config.attestation.mode",
    "config.health",
    "config.health.restart",
    "config.health.startMinutes",
    "config.maintenance",
    "config.maintenance.hour",
    "config.maintenance.skip",
    "config.maintenance.scanMinutes",
    "config.maintenance.containerDays",
    "config.maintenance.imageDays",
    "config.maintenance.evidenceDays",
    "config.notify",
    "config.notify.channel",
    "config.notify.channel.channel",
    "config.notify.channel.to",
    "config.notify.channel.accountId",
    "config.notify.command",
    "config.notify.webhook",
    "config.notify.perHour",
    "config.backups",
    "config.backups.enabled",
    "config.backups.hour",
    "config.backups.directory",
    "config.backups.keep",
    "config.backups.keep.daily",
    "config.backups.keep.weekly",
    "config.backups.keep.monthly",
    "config.backups.workspaces",
    "config.backups.recipients",
    "config.backups.afterwards",
    "config.backups.startMinutes",
    "config.backups.minutes",
  ]);
});

it.each(all.slice(1))("%s has a description", (_, { description }) => {
  expect(description).toMatch(/^[A-Z].{20,}\.$/s);
});

// OpenClaw does not start on a configuration that the manifest forbids.
it.each(all)("%s forbids nothing", (_, schema) => {
  expect(["default", "description", "properties"]).toEqual(expect.arrayContaining(Object.keys(schema)));
});
