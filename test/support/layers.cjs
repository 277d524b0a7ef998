/** Who may import whom; dependency-cruiser prints the comment of a rule that is broken. */
const ROOMS = "backup|config|health|installation|maintenance|mounts|notify|limits|posture|projection|reconcile|secrets|isolation|report|units";

module.exports = {
  forbidden: [
    {
      name: "rooms-import-model-only",
      comment: "A room gets what it needs as parameters; it imports its own files and model/.",
      severity: "error",
      from: { path: `^src/(${ROOMS})/` },
      to: { path: "^src/", pathNot: ["^src/model/", "^src/$1/"] },
    },
    {
      name: "model-imports-nothing",
      comment: "The nouns stand below everything else.",
      severity: "error",
      from: { path: "^src/model/" },
      to: { path: "^src/", pathNot: "^src/model/" },
    },
    {
      name: "edge-imports-model",
      comment: "An edge is one power of the outside world; it knows no room.",
      severity: "error",
      from: { path: "^src/edge/" },
      to: { path: "^src/", pathNot: ["^src/model/", "^src/edge/"] },
    },
    {
      name: "flows-know-rooms",
      comment: "A flow joins rooms; who starts it (host, cli) is above it.",
      severity: "error",
      from: { path: "^src/flows/" },
      to: { path: "^src/(host|cli)/|^src/(fortress|index)\\.ts$" },
    },
    {
      name: "only-host-knows-openclaw",
      comment: "OpenClaw changes from release to release; everything that must follow stands in host/.",
      severity: "error",
      from: { path: "^src/", pathNot: ["^src/host/", "^src/index\\.ts$"] },
      to: { path: "(^|/)openclaw(/|$)" },
    },
    {
      name: "only-process-starts-processes",
      comment: "One gate for every process start: edge/process.ts.",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/edge/process\\.ts$" },
      to: { path: "(^|/)execa(/|$)|^(node:)?child_process$" },
    },
    {
      name: "rooms-touch-no-outside",
      comment: "Files, clocks and the machine are reached through edge/.",
      severity: "error",
      from: { path: `^src/(${ROOMS}|model|flows)/|^src/fortress\\.ts$` },
      to: { path: "^(node:)?(fs|fs/promises|os|net|http|https|timers)$" },
    },
    { name: "no-cycles", comment: "A cycle hides which file is the lower one.", severity: "error", from: {}, to: { circular: true } },
  ],
  options: { tsPreCompilationDeps: true, tsConfig: { fileName: "tsconfig.json" }, doNotFollow: { path: "node_modules" } },
};
