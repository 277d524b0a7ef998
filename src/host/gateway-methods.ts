import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { describeError } from "../model/errors.ts";
import { toJson } from "../report/json.ts";
import { verificationJson } from "../report/verification/json.ts";
import { NOT_RUNNING, sharedSurface, type Surface } from "./shared.ts";
import { verifyParams } from "./verify-params.ts";

type Ask = (surface: Surface) => Promise<unknown>;

interface Method {
  /** Which clients of the gateway may ask; OpenClaw refuses the others itself. */
  readonly scope: "operator.read" | "operator.admin";
  /** What a client asks with these parameters. @throws FortressError for wrong ones */
  readonly read: (params: unknown) => Ask;
}

/** What clients of the gateway may ask; each answer is JSON. */
const METHODS: Readonly<Record<string, Method>> = {
  "fortress.status": { scope: "operator.read", read: () => async (surface) => toJson(await surface.status()) },
  // For owners, as in chat: it tries attacks in everybody's sandboxes.
  "fortress.verify": {
    scope: "operator.admin",
    read(params) {
      const options = verifyParams(params);
      return async (surface) => verificationJson(await surface.verify(options));
    },
  },
};

/** `openclaw gateway call <method>`. */
export function registerGatewayMethods(api: OpenClawPluginApi): void {
  for (const [name, { scope, read }] of Object.entries(METHODS)) {
    api.registerGatewayMethod(
      name,
      async ({ params, respond }) => {
        const fail = (code: "INVALID_REQUEST" | "UNAVAILABLE", message: string): void => respond(false, undefined, { code, message });
        let ask: Ask;
        try {
          ask = read(params);
        } catch (error) {
          return fail("INVALID_REQUEST", describeError(error));
        }
        const surface = sharedSurface();
        if (!surface) return fail("UNAVAILABLE", NOT_RUNNING);
        try {
          respond(true, await ask(surface));
        } catch (error) {
          fail("UNAVAILABLE", describeError(error));
        }
      },
      { scope },
    );
  }
}
