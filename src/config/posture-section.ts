import { Type } from "@sinclair/typebox";

const closed = { additionalProperties: false };

/** `posture`: what a sandbox must have besides mounts and limits. */
export const PostureSection = Type.Object(
  {
    seccomp: Type.String({
      pattern: "^(hardened|engine|/.+)$",
      default: "hardened",
      description: 'The filter of system calls. hardened: the engine\'s default without user namespaces, mounts, tracing, keyrings and rare socket families. engine: the engine\'s default, with a finding. An absolute path: a profile of your own, which must deny by default.',
    }),
    user: Type.String({
      pattern: "^(auto|[1-9][0-9]{0,9}(:[1-9][0-9]{0,9})?)$",
      default: "auto",
      description: "Who a sandbox runs as. auto: the owner of its workspace; where that is root, 65532, to whom the workspace is handed over. Or UID:GID, never 0.",
    }),
    tmpfs: Type.String({
      pattern: "^[1-9][0-9]*[bkmgt]$",
      default: "1g",
      description: "Size of each file system in memory (/tmp, /var/tmp, HOME): a whole number and one of b, k, m, g, t.",
    }),
    network: Type.Object(
      {
        allow: Type.Array(Type.String({ pattern: "^(?!(host|private|default|container|ns|pod|pasta|slirp4netns)$)[A-Za-z0-9][A-Za-z0-9_.-]*$" }), {
          default: ["none", "bridge"],
          description: "What sandbox.docker.network may be: none, bridge, and networks by name. Never host or another container's network.",
        }),
      },
      { ...closed, default: {}, description: "Which networks a sandbox may join." },
    ),
  },
  { ...closed, default: {}, description: "What a sandbox must have besides mounts and limits." },
);
