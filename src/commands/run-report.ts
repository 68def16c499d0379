import { Analysis } from '../session/analysis.ts';
import { openCapture } from '../capture/open.ts';
import { openConnections } from '../correlate/open-connections.ts';
import type { Lookup } from '../correlate/model.ts';
import type { Owners } from '../correlate/owners.ts';
import type { LiveCapture } from '../live/capture.ts';
import { KeptPackets } from '../live/kept-packets.ts';
import { OwnSockets } from '../live/own-sockets.ts';
import { writeReport } from '../report/write.ts';
import type { Format } from '../text/formats.ts';
import type { Language } from '../text/text.ts';

/** After the command has ended: no packet for so many milliseconds, or none with every connection closed, or this long at most. */
const QUIET = 500;
const QUIET_AND_CLOSED = 120;
const PATIENCE = 5000;
const STEP = 20;
/** Lookups of everybody that are remembered until it is known which of them were the command's. */
const LOOKUPS = 100_000;

export interface RunReport {
  capture: LiveCapture;
  /** The command. */
  pid: number;
  fd: number;
  format: Format;
  lang: Language;
  hashes: boolean;
  /** Where the command writes its TLS secrets. */
  keyLogs: readonly string[];
  /** Somebody does not want to wait any longer. */
  enough(): boolean;
}

const ownersOf = (sockets: OwnSockets): Owners => ({
  opened: () => {},
  look: () => {},
  of: (_, client, server) => sockets.owner(client, server),
  forget: () => {},
});

/** `count` grows with the packets, `closed` tells whether no connection is open. */
async function quiet(enough: () => boolean, count: () => number, closed: () => boolean): Promise<void> {
  const started = performance.now();
  let last = -1;
  let since = started;
  for (;;) {
    const now = performance.now();
    const seen = count();
    if (seen !== last) [last, since] = [seen, now];
    if (enough() || now - started > PATIENCE || now - since > QUIET) return;
    if (now - since > QUIET_AND_CLOSED && closed()) return;
    await new Promise((resolve) => setTimeout(resolve, STEP));
  }
}

/** A network of the command's own: all that is captured is its doing. */
export class AllPackets {
  private readonly told: RunReport;
  private readonly sockets: OwnSockets;
  private analysis: Analysis | undefined;
  private readonly written: Promise<string[]>;

  constructor(told: RunReport) {
    this.told = told;
    this.sockets = new OwnSockets(told.pid);
    const { capture, format, lang, hashes, fd } = told;
    capture.source.keyLogs = told.keyLogs;
    this.written = writeReport(capture.source, format, lang, hashes, {
      fd,
      owners: ownersOf(this.sockets),
      begun: (analysis) => {
        this.analysis = analysis;
      },
    });
    this.written.catch(() => {});
  }

  async report(): Promise<string[]> {
    const { capture, enough } = this.told;
    const closed = (): boolean => this.analysis !== undefined && openConnections(this.analysis.correlator.tcp) === 0;
    await quiet(enough, () => this.seen(), closed);
    this.sockets.stop();
    capture.stop();
    return this.written;
  }

  private seen(): number {
    const { batch } = this.analysis ?? {};
    return batch === undefined ? 0 : batch.firstNumber + batch.count;
  }
}

/** Everybody's packets: those of the command's sockets, and of its lookups, are picked out when it has ended. */
export class OwnPackets {
  private readonly told: RunReport;
  private readonly sockets: OwnSockets;
  private readonly kept: number | undefined;
  private readonly program: string;
  private readonly lookups: Lookup[] = [];
  private readonly read: Promise<void>;

  constructor(told: RunReport, kept: number | undefined, program: string) {
    this.told = told;
    this.kept = kept;
    this.program = program;
    this.sockets = new OwnSockets(told.pid);
    const lookup = (each: Lookup): void => {
      if (this.lookups.length < LOOKUPS) this.lookups.push(each);
    };
    this.read = new Analysis(told.capture.source, { lookup }).run();
    this.read.catch(() => {});
  }

  async report(): Promise<string[]> {
    const { capture, enough, format, lang, hashes, fd } = this.told;
    const { sockets } = this;
    const started = performance.now();
    // Others' packets go on: the sockets tell when the command's are done.
    await quiet(
      enough,
      () => (sockets.connected() ? performance.now() - started : 0),
      () => !sockets.connected(),
    );
    sockets.stop();
    capture.stop();
    await this.read;
    this.addLookups();
    const { source } = capture;
    const again = await openCapture(`/proc/self/fd/${source.descriptor}`);
    const packets = new KeptPackets(source.file, again, sockets.set, this.kept, this.program);
    packets.keyLogs = this.told.keyLogs;
    try {
      return await writeReport(packets, format, lang, hashes, { fd, owners: ownersOf(sockets) });
    } finally {
      packets.close();
    }
  }

  /** Questions of the command's own sockets, and those, whoever asked them for it, that gave it an address it went to. */
  private addLookups(): void {
    const { set } = this.sockets;
    const own = this.lookups.filter((each) => each.transport === 'udp' || each.transport === 'tcp');
    const names = new Set<string>();
    for (const { transport, client, server, addresses, name } of own)
      if (set.find(transport as 'udp', client, server) !== undefined || addresses.some((each) => set.remotes.has(each)))
        names.add(name.toLowerCase());
    for (const { transport, client, server, name } of own)
      if (names.has(name.toLowerCase())) set.add(transport as 'udp', client, server);
  }
}
