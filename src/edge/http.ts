import type { ProbeResponse } from "../model/gateway.ts";

export interface ProbeTarget {
  readonly port: number;
  readonly tls: boolean;
  readonly path: string;
  readonly deadlineMs: number;
}

const MAX_BODY = 8_192;

/**
 * Asks a server on loopback once, for at most the deadline, whatever it sends. A certificate is not
 * checked: a gateway signs its own, and who may listen on loopback may as well answer.
 */
export function probe({ port, tls, path, deadlineMs }: ProbeTarget): Promise<ProbeResponse> {
  // Not by an import statement: that reads every export of the module, and one of them loads all of undici.
  const { request } = process.getBuiltinModule(tls ? "node:https" : "node:http");
  return new Promise((resolve) => {
    const sent = request({ host: "127.0.0.1", port, path, method: "GET", agent: false, headers: { connection: "close", accept: "application/json" }, ...(tls && { rejectUnauthorized: false }) });
    const end = (response: ProbeResponse): void => {
      clearTimeout(deadline);
      sent.destroy();
      resolve(response);
    };
    // Not the request's own timeout, which each byte starts anew.
    const deadline = setTimeout(() => end({ kind: "timeout" }), deadlineMs);
    sent.on("response", (response) => {
      let body = "";
      const answer = (): void => end({ kind: "answer", status: response.statusCode ?? 0, body });
      response.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
        if (body.length >= MAX_BODY) {
          body = body.slice(0, MAX_BODY);
          answer();
        }
      });
      response.on("end", answer).on("error", () => end({ kind: "reset" }));
    });
    sent.on("error", (error: NodeJS.ErrnoException) => end(failure(error.code ?? "unknown")));
    sent.end();
  });
}

function failure(code: string): ProbeResponse {
  if (code === "ECONNREFUSED") return { kind: "refused" };
  if (code === "ETIMEDOUT") return { kind: "timeout" };
  // TLS on a plain port, plain text on a TLS port, and what is no HTTP at all.
  if (/^(ECONNRESET|EPIPE|EPROTO|HPE_.*|ERR_SSL_.*)$/.test(code)) return { kind: "reset" };
  return { kind: "failed", code };
}
