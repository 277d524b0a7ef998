/** Names of the configuration, compared without case and separators. */

const plain = (key: string): string => key.toLowerCase().replace(/[^a-z0-9]/g, "");

const SECRET = /token|passw|passphrase|secret|credential|authorization|bearer|cookie|jwt|webhook|serviceaccount|mnemonic|signature|privatekey|otp$|^pin$|^salt$|^seed$|key$|keys$|^env$|^headers$|^args$/;
/** Counts of what a model reads and writes. */
const COUNT = /tokens$|^token(count|limit|budget)$/;

/** True when everything below this name is to be taken for a secret. */
export function isSecretName(key: string, value: unknown): boolean {
  const name = plain(key);
  return SECRET.test(name) && !(COUNT.test(name) && typeof value === "number");
}

/** Names whose text says how OpenClaw is set up, and never holds a key where OpenClaw wrote the value. */
const HARMLESS = new Set(
  `access agent agentdir agentid allow alsoallow api ask at backend baseurl bind binds capdrop channel cron daily deny dir display engine every
  exec extends fallbacks format host id image inherit input interval kind lang language lasttouchedat lasttouchedversion level locale
  memory mode model models name network node output owner policy primary profile prompt provider providers queue reasoning reset role roots schedule scope
  security source status strategy target thinking time timezone title tmpfs tools transport type tz tmp url user verbose version workdir workspace
  workspaceaccess workspaceroot include profiles purpose prefix containerprefix style theme effort visibility onfailure when dmpolicy grouppolicy
  memoryswap thinkingdefault verbosedefault elevateddefault typingmode replytomode chunkmode lastrunat lastruncommand lastrunversion lastrunmode`
    .split(/\s+/)
    .filter(Boolean),
);

export function isHarmlessName(key: string): boolean {
  return HARMLESS.has(plain(key));
}

/** Words that give nothing away under any name. */
const WORDS = new Set(
  `all allow allowlist always any api ask auto basic bridge compact custom daily debug default deny direct disabled docker dynamic enabled error failed
  fast file fortress full group high host http https idle image info json lan length local loopback low main medium merge minimal model mute never none off on
  once open openclaw pairing partial per-agent podman private public quiet raw read refuse remote replace ro rw safeguard sandbox session shared silent sse standard
  stdio stream strict tailnet text token trace user verbose warn websocket write`
    .split(/\s+/)
    .filter(Boolean),
);

export function isHarmlessWord(text: string): boolean {
  return WORDS.has(text);
}
