import type { Log } from "../support/progress.ts";
import { paint } from "./table.ts";

/** Runs one part of the work and shows what it is at, and for how long. */
export type Step = <T>(title: string, work: (log: Log) => Promise<T>) => Promise<T>;

interface Display {
  begin(title: string): void;
  detail(line: string): void;
  tick(title: string, detail: string, seconds: number): void;
  end(title: string, ok: boolean, seconds: number): void;
}

const TICK_MS = 1_000;

/** One live line on a terminal, plain lines elsewhere. */
export function createStep(stream: NodeJS.WriteStream): Step {
  const display = stream.isTTY ? liveLine(stream) : plainLines(stream);
  return async (title, work) => {
    const startedAt = Date.now();
    const seconds = () => Math.round((Date.now() - startedAt) / 1000);
    let latest = "";
    let ended = false;
    const ticking = setInterval(() => display.tick(title, latest, seconds()), TICK_MS);
    const end = (ok: boolean) => {
      ended = true;
      clearInterval(ticking);
      display.end(title, ok, seconds());
    };
    display.begin(title);
    try {
      const result = await work((line) => {
        // An interrupted step is over before its work is.
        if (ended) return;
        latest = line;
        display.detail(line);
      });
      end(true);
      return result;
    } catch (error) {
      end(false);
      throw error;
    }
  };
}

function liveLine(stream: NodeJS.WriteStream): Display {
  const draw = (line: string) => stream.write(`\r\x1b[2K${line}`);
  const running = (title: string, detail: string, seconds: number) =>
    draw(`… ${title} (${seconds} s)${detail && `: ${detail}`}`.slice(0, (stream.columns || 80) - 1));
  return {
    begin: (title) => running(title, "", 0),
    detail: () => {},
    tick: running,
    end: (title, ok, seconds) => draw(`${ok ? paint("green", "✓", stream) : paint("red", "✗", stream)} ${title} (${seconds} s)\n`),
  };
}

function plainLines(stream: NodeJS.WriteStream): Display {
  const QUIET_S = 15;
  let quietSince = 0;
  const write = (line: string, seconds: number) => {
    stream.write(`${line}\n`);
    quietSince = seconds;
  };
  let now = 0;
  return {
    begin: (title) => write(`${title} …`, (now = 0)),
    detail: (line) => write(`  ${line}`, now),
    tick(_title, _detail, seconds) {
      now = seconds;
      if (seconds - quietSince >= QUIET_S) write(`  still working (${seconds} s)`, seconds);
    },
    end: (title, ok, seconds) => write(`${title}: ${ok ? "done" : "failed"} (${seconds} s)`, seconds),
  };
}
