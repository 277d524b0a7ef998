import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { describeError } from "../model/errors.ts";
import { toJson } from "../report/json.ts";
import { NOT_RUNNING, sharedSurface, type Surface } from "./shared.ts";

/** What clients of the gateway may ask; each answer is JSON. */
const METHODS: Readonly<Record<string, (surface: Surface) => Promise<unknown>>> = {
  "fortress.status": async (surface) => toJson(await surface.status()),
};

/** `openclaw gateway call fortress.status`, for clients with the scope operator.read. */
export function registerGatewayMethods(api: OpenClawPluginApi): void {
  for (const [name, answer] of Object.entries(METHODS)) {
    api.registerGatewayMethod(
      name,
      async ({ respond }) => {
        const surface = sharedSurface();
        if (!surface) return respond(false, undefined, { code: "UNAVAILABLE", message: NOT_RUNNING });
        try {
          respond(true, await answer(surface));
        } catch (error) {
          respond(false, undefined, { code: "UNAVAILABLE", message: describeError(error) });
        }
      },
      { scope: "operator.read" },
    );
  }
}
