/**
 * Posts JSON once and waits for the answer's status, for at most the deadline. Follows no redirect.
 *
 * @throws Error that says what went wrong, without the address: it may be a key of its own
 */
export function postJson(address: string, body: unknown, deadlineMs: number): Promise<void> {
  const { protocol } = new URL(address);
  const { request } = process.getBuiltinModule(protocol === "https:" ? "node:https" : "node:http");
  const text = JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(address, { method: "POST", agent: false, headers: { "content-type": "application/json", "content-length": Buffer.byteLength(text), connection: "close" } });
    const end = (problem?: string): void => {
      clearTimeout(deadline);
      sent.destroy();
      if (problem === undefined) resolve();
      else reject(new Error(`the webhook ${problem}`));
    };
    // Not the request's own timeout, which each byte starts anew.
    const deadline = setTimeout(() => end(`gave no answer within ${deadlineMs / 1_000} s`), deadlineMs);
    sent.on("response", ({ statusCode = 0 }) => end(statusCode >= 200 && statusCode < 300 ? undefined : `answered with status ${statusCode}`));
    sent.on("error", ({ code }: NodeJS.ErrnoException) => end(`can't be reached (${code ?? "unknown"})`));
    sent.end(text);
  });
}
