/** Secrets of one connection by their labels in the NSS key log format (draft-ietf-tls-keylogfile §2). */
export interface Secrets {
  /** TLS 1.2 and older: the 48 bytes of the master secret. */
  master?: Uint8Array;
  /** TLS 1.2 and older with RSA key exchange, where the key log names the premaster secret. */
  premaster?: Uint8Array;
  early?: Uint8Array;
  clientHandshake?: Uint8Array;
  serverHandshake?: Uint8Array;
  client?: Uint8Array;
  server?: Uint8Array;
}

/** Is there all that a connection without early data needs? */
export const isWhole = (s: Secrets): boolean =>
  s.master !== undefined ||
  s.premaster !== undefined ||
  (s.client !== undefined && s.server !== undefined && s.clientHandshake !== undefined && s.serverHandshake !== undefined);

const LABELS = new Map<string, keyof Secrets>([
  ['CLIENT_RANDOM', 'master'],
  ['PMS_CLIENT_RANDOM', 'premaster'],
  ['CLIENT_EARLY_TRAFFIC_SECRET', 'early'],
  ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'clientHandshake'],
  ['SERVER_HANDSHAKE_TRAFFIC_SECRET', 'serverHandshake'],
  ['CLIENT_TRAFFIC_SECRET_0', 'client'],
  ['SERVER_TRAFFIC_SECRET_0', 'server'],
]);

/** Hexadecimal digits of a secret: a line that was cut has others. Traffic secrets are as long as the suite's hash (RFC 8446 §7.1). */
const MASTER_DIGITS = 96;
const TRAFFIC_DIGITS = [64, 96];

/** Connections whose secrets are kept, and the longest line; the newest win. */
export const KEYS_LIMIT = 1 << 20;
const LINE_LIMIT = 1024;
const LINE = /^(?:\xef\xbb\xbf)?([A-Z0-9_]+) ([0-9a-fA-F]{64}) ([0-9a-fA-F]{32,192})[ \t\r]*$/;
/** What "openssl s_client" prints of a session, as Wireshark takes it (its TLS preferences name the form). */
const SESSION_LINE = /^RSA Session-ID:([0-9a-fA-F]{2,64}) Master-Key:([0-9a-fA-F]{96})[ \t\r]*$/;
const NEWLINE = 0x0a;

/** Secrets by client random, or by the session's id up to TLS 1.2. May grow at any time: whoever did not find his asks again when `version` has changed. */
export class TlsKeys {
  /** Changes whenever a secret was added. */
  version = 0;
  /** More may come while the capture is read. */
  growing = false;
  /** Reads what has come since, where the secrets come from a file that grows. */
  refresh: (() => void) | undefined;
  private readonly byRandom: Map<string, Secrets>;
  private readonly bySession: Map<string, Uint8Array>;
  private found: Set<string> | undefined;
  private evicted = 0;

  constructor(byRandom = new Map<string, Secrets>(), bySession = new Map<string, Uint8Array>()) {
    this.byRandom = byRandom;
    this.bySession = bySession;
  }

  get size(): number {
    return this.byRandom.size + this.bySession.size;
  }

  /** Secrets let go for want of room. */
  get letGo(): number {
    return this.evicted;
  }

  /** The same secrets, for who reads what was captured before: nothing is waited for. */
  get settled(): TlsKeys {
    const keys = new TlsKeys(this.byRandom, this.bySession);
    keys.version = this.version;
    keys.found = new Set();
    return keys;
  }

  /** What was found so far of settled keys, as lines of a key log. */
  get foundLines(): string {
    let lines = '';
    for (const random of this.found ?? [])
      for (const [label, key] of LABELS) {
        const secret = this.byRandom.get(random)?.[key];
        if (secret !== undefined) lines += `${label} ${random} ${Buffer.from(secret).toString('hex')}\n`;
      }
    return lines;
  }

  /** `sessionId`: the one that the server answered with, where it is known by now. */
  find(random: Uint8Array, sessionId?: Uint8Array): Secrets | undefined {
    if (this.size === 0) return undefined;
    const name = hexOf(random);
    const secrets = this.byRandom.get(name) ?? this.ofSession(name, sessionId);
    if (secrets !== undefined) this.found?.add(name);
    return secrets;
  }

  /** A session's secret is from then on known by the connection's random, as if the key log had named that. */
  private ofSession(random: string, id: Uint8Array | undefined): Secrets | undefined {
    const master = id === undefined || id.length === 0 ? undefined : this.bySession.get(hexOf(id));
    if (master === undefined) return undefined;
    const secrets = this.secretsOf(random);
    secrets.master = master;
    return secrets;
  }

  /** Reads whole lines of a key log; gives how many bytes they are. Lines of no known form are passed over. */
  read(bytes: Uint8Array): number {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    for (let end = text.indexOf(NEWLINE); end >= 0; end = text.indexOf(NEWLINE, at)) {
      if (end - at <= LINE_LIMIT) this.line(text.toString('latin1', at, end));
      at = end + 1;
    }
    return at;
  }

  /** A whole key log, whose last line may lack its end. */
  readAll(bytes: Uint8Array): void {
    const rest = bytes.subarray(this.read(bytes));
    if (rest.length > 0 && rest.length <= LINE_LIMIT) this.line(Buffer.from(rest).toString('latin1'));
  }

  /** One line without its end. */
  line(line: string): void {
    const parts = LINE.exec(line);
    const label = parts === null ? undefined : LABELS.get(parts[1]);
    if (parts === null || label === undefined) {
      this.sessionLine(line);
      return;
    }
    const { length } = parts[3];
    if (label === 'master' && length !== MASTER_DIGITS) return;
    if (label !== 'master' && label !== 'premaster' && !TRAFFIC_DIGITS.includes(length)) return;
    if (length % 2 !== 0) return;
    const secrets = this.secretsOf(parts[2].toLowerCase());
    secrets[label] = Buffer.from(parts[3], 'hex');
    this.version++;
  }

  private sessionLine(line: string): void {
    const parts = SESSION_LINE.exec(line);
    if (parts === null) return;
    this.makeRoom(this.bySession);
    this.bySession.set(parts[1].toLowerCase(), Buffer.from(parts[2], 'hex'));
    this.version++;
  }

  private secretsOf(random: string): Secrets {
    let secrets = this.byRandom.get(random);
    if (secrets === undefined) {
      this.makeRoom(this.byRandom);
      secrets = {};
      this.byRandom.set(random, secrets);
    }
    return secrets;
  }

  private makeRoom(map: Map<string, unknown>): void {
    if (map.size < KEYS_LIMIT) return;
    map.delete(map.keys().next().value as string);
    this.evicted++;
  }
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
