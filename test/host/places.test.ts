import { userInfo } from "node:os";
import { expect, it } from "vitest";
import { configFile, guardedPlaces } from "../../src/host/places.ts";

const HOME = "/home/ada";
const STATE = "/home/ada/.openclaw";
const ALWAYS = ["/tmp/openclaw", `/tmp/openclaw-${userInfo().uid}`];

it.each([
  [{}, `${STATE}/openclaw.json`],
  [{ OPENCLAW_CONFIG_PATH: " " }, `${STATE}/openclaw.json`],
  [{ OPENCLAW_CONFIG_PATH: "~/conf/openclaw.json" }, "/home/ada/conf/openclaw.json"],
  [{ OPENCLAW_CONFIG_PATH: "/etc/openclaw.json" }, "/etc/openclaw.json"],
])("with %j the configuration is %s", (env, file) => {
  expect(configFile(HOME, STATE, env)).toBe(file);
});

it.each<[NodeJS.ProcessEnv, string[]]>([
  [{}, []],
  [{ OPENCLAW_CONFIG_PATH: "/srv/openclaw.json" }, ["/srv/openclaw.json"]],
  [{ OPENCLAW_CONFIG_PATH: `${STATE}/other.json` }, []],
  [{ OPENCLAW_OAUTH_DIR: "~/oauth" }, ["/home/ada/oauth"]],
  [{ XDG_RUNTIME_DIR: "/var/user/1000" }, ["/var/user/1000"]],
  [{ DOCKER_HOST: "unix:///srv/docker.sock", CONTAINER_HOST: "unix:///srv/podman.sock" }, ["/srv/docker.sock", "/srv/podman.sock"]],
  [{ DOCKER_HOST: "tcp://10.0.0.1:2375" }, []],
  [{ DBUS_SESSION_BUS_ADDRESS: "unix:abstract=/x,path=/srv/bus,guid=1" }, ["/srv/bus"]],
  [{ DBUS_SESSION_BUS_ADDRESS: "unix:path=/srv/bus" }, ["/srv/bus"]],
  // A place that is everything would forbid everything.
  [{ XDG_RUNTIME_DIR: "/", OPENCLAW_OAUTH_DIR: "relative" }, []],
])("with %j no sandbox sees %j", (env, paths) => {
  const places = guardedPlaces(HOME, STATE, env);
  expect(places.map(({ path }) => path).filter((path) => !ALWAYS.includes(path))).toEqual(paths);
  expect(places.map(({ path }) => path)).toEqual(expect.arrayContaining(ALWAYS));
  for (const { what } of places) expect(what).toMatch(/gateway|engine/);
});
