import type { IncomingMessage, ServerResponse } from "node:http";
import type { OpenClawPluginApi } from "openclaw/plugin-sdk/plugin-entry";
import { describeError } from "../model/errors.ts";
import type { Report } from "../model/report.ts";
import { buildReport } from "../report/build.ts";
import { PAGE_POLICY, renderPage } from "../report/html/page.ts";
import { METRICS_TYPE, renderMetrics } from "../report/metrics.ts";
import { NOT_RUNNING, sharedSurface } from "./shared.ts";

const REFRESH_SECONDS = 30;

interface Page {
  readonly path: string;
  readonly type: string;
  render(report: Report, query: URLSearchParams): string;
}

const STATUS_PAGE: Page = {
  path: "/plugins/fortress/page",
  type: "text/html; charset=utf-8",
  render: (report, query) => renderPage(report, { at: new Date(), refresh: query.get("refresh") === "off" ? undefined : REFRESH_SECONDS }),
};

const METRICS: Page = { path: "/plugins/fortress/metrics", type: METRICS_TYPE, render: renderMetrics };

/** The status as a page, which is also a tab of the Control UI, and as metrics; both behind the gateway's own authentication. */
export function registerPages(api: OpenClawPluginApi): void {
  for (const page of [STATUS_PAGE, METRICS]) api.registerHttpRoute({ path: page.path, match: "exact", auth: "gateway", handler: (request, response) => serve(page, request, response) });
  // Tabs are newer than the oldest OpenClaw with sandbox backends.
  api.session?.controls?.registerControlUiDescriptor?.({
    surface: "tab",
    id: "status",
    label: "Fortress",
    description: "What the agents' sandboxes can reach",
    icon: "shield",
    group: "control",
    path: STATUS_PAGE.path,
    slug: "fortress",
    requiredScopes: ["operator.read"],
  });
}

async function serve({ type, render }: Page, request: IncomingMessage, response: ServerResponse): Promise<true> {
  response.setHeader("Content-Security-Policy", PAGE_POLICY);
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "no-referrer");
  response.setHeader("Cache-Control", "no-store");
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { Allow: "GET, HEAD" }).end();
    return true;
  }
  const { searchParams } = new URL(request.url ?? "/", "http://gateway");
  const body = render(await report(), searchParams);
  response.writeHead(200, { "Content-Type": type }).end(request.method === "HEAD" ? undefined : body);
  return true;
}

/** Never rejects: where nothing can be known, that is what the page says. */
async function report(): Promise<Report> {
  try {
    const surface = sharedSurface();
    if (surface) return await surface.status();
    return unknown(NOT_RUNNING);
  } catch (error) {
    return unknown(describeError(error));
  }
}

function unknown(detail: string): Report {
  return buildReport([], [], [{ id: "fortress.unavailable", severity: "warn", detail, remedy: "Look into the gateway's log: openclaw logs." }]);
}
