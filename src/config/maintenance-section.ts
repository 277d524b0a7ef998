import { Type } from "@sinclair/typebox";

const DAYS = { minimum: 0, maximum: 3_650 };

export const STEP_IDS = ["backup", "drill", "containers", "images", "evidence", "logs", "leaks"] as const;

/** `maintenance`: what is done once a day. */
export const MaintenanceSection = Type.Object(
  {
    hour: Type.Integer({ minimum: 0, maximum: 23, default: 3, description: "From which hour of the day on, by local time, the daily maintenance runs." }),
    skip: Type.Array(Type.Union(STEP_IDS.map((id) => Type.Literal(id)), { description: `Steps that can be left out are ${STEP_IDS.join(", ")}.` }), { default: [], description: `Steps that are left out, of ${STEP_IDS.join(", ")}.` }),
    scanMinutes: Type.Number({ exclusiveMinimum: 0, maximum: 240, default: 10, description: "How long the search for leaked secrets may take; what was not searched by then is named." }),
    containerDays: Type.Integer({ ...DAYS, default: 7, description: "A stopped sandbox that OpenClaw does not know any more is removed after so many days." }),
    imageDays: Type.Integer({ ...DAYS, default: 30, description: "An image of sandboxes that no container and no configuration uses is removed after so many days." }),
    evidenceDays: Type.Integer({ ...DAYS, default: 30, description: "What was kept of failures of the gateway is removed after so many days." }),
  },
  { additionalProperties: false, default: {}, description: "What is done once a day." },
);
