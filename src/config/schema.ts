import { Type, type Static } from "@sinclair/typebox";
import { AttestationSection } from "./attestation-section.ts";
import { BackupsSection } from "./backups-section.ts";
import { DiskSection } from "./disk-section.ts";
import { HealthSection } from "./health-section.ts";
import { MaintenanceSection } from "./maintenance-section.ts";
import { MountsSection } from "./mounts-section.ts";
import { NotifySection } from "./notify-section.ts";
import { PostureSection } from "./posture-section.ts";
import { SecretsSection } from "./secrets-section.ts";

const closed = { additionalProperties: false };

/**
 * The configuration (`plugins.entries.fortress.config`): the single source of names, types,
 * defaults and descriptions. The manifest's `configSchema` is made from it.
 */
export const ConfigSchema = Type.Object(
  {
    engine: Type.Union([Type.Literal("auto"), Type.Literal("podman"), Type.Literal("docker")], {
      default: "auto",
      description: 'Which engine the sandbox backend "fortress" uses. auto: podman where it is installed, else docker. The backends "podman" and "docker" always use their own.',
    }),
    limits: Type.Object(
      {
        memory: Type.String({
          pattern: "^[1-9][0-9]*[bkmgt]$",
          default: "8g",
          description: "Memory of a sandbox, swap included: a whole number and one of b, k, m, g, t. Clipped to the machine.",
        }),
        cpus: Type.Number({ exclusiveMinimum: 0, default: 4, description: "CPU cores of a sandbox. Clipped to the machine." }),
        pids: Type.Integer({ minimum: 16, maximum: 4_194_304, default: 512, description: "Processes and threads of a sandbox." }),
        onFailure: Type.Union([Type.Literal("refuse"), Type.Literal("warn")], {
          default: "refuse",
          description: "What to do when the kernel does not enforce the limits. refuse: no sandbox. warn: run it and raise a finding.",
        }),
      },
      { ...closed, default: {}, description: "What a sandbox may use, as the kernel enforces it." },
    ),
    disk: DiskSection,
    mounts: MountsSection,
    posture: PostureSection,
    secrets: SecretsSection,
    attestation: AttestationSection,
    health: HealthSection,
    maintenance: MaintenanceSection,
    notify: NotifySection,
    backups: BackupsSection,
  },
  { ...closed, default: {} },
);

export type RawConfig = Static<typeof ConfigSchema>;
