import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { dropPrivileges } from './privileges.ts';
import type { HelperEvent, RelaySettings } from './protocol.ts';
import { Records } from './records.ts';
import { Ring } from './ring.ts';
import { guardScreen } from './screen-guard.ts';
import { watchdog } from './watchdog.ts';
import { kindOf, Words } from './words.ts';

/**
 * Stands between wirebook and a capture program of somebody else (dumpcap, tcpdump, the helper around cap): puts what the program
 * writes into the spool that is descriptor 3, however busy wirebook is, and ends the program when wirebook is gone, whatever way
 * it went. A program whose pipe is closed would notice that only with its next packet. Speaks as the helper does.
 */
const SPOOL_FD = 3;
const STATISTICS_EVERY = 1000;
/** Time that a program has to end by itself. */
const PATIENCE = 3000;

const say = (event: HelperEvent): void => {
  try {
    writeSync(1, `${JSON.stringify(event)}\n`);
  } catch {
    // Wirebook is gone; its end of standard input says so, too.
  }
};

class Relay {
  private readonly settings: RelaySettings;
  private readonly ring: Ring;
  private readonly records = new Records();
  private readonly words = new Words();
  private readonly child: ChildProcess;
  private opened = false;
  /** Why it ends, when it is not the program's own doing. */
  private reason: 'told' | 'spool' | undefined;
  private trouble: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(settings: RelaySettings) {
    this.settings = settings;
    this.ring = new Ring(SPOOL_FD, settings.limit);
    this.child = spawn(settings.command, settings.arguments, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
    this.child.on('error', (error) => this.refuse(error.message));
    this.child.on('spawn', () => say({ event: 'program', pid: this.child.pid ?? 0 }));
    try {
      dropPrivileges(settings.user);
    } catch (error) {
      say({ event: 'refused', interface: '', what: 'privileges', code: 0, message: (error as Error).message });
      this.signal('SIGKILL');
      return;
    }
    this.child.on('exit', watchdog(this.child.pid));
    this.child.stdin?.on('error', () => {});
    this.child.stdout?.on('data', (piece: Buffer) => this.take(piece));
    this.child.stderr?.on('data', (piece: Buffer) => {
      if (this.words.add(piece.toString('utf8'))) this.tellStatistics();
    });
    this.child.on('close', (code, signal) => this.ended(code, signal));
    guardScreen(() => this.stop());
    this.timer = setInterval(() => this.ask(), STATISTICS_EVERY);
  }

  private take(piece: Buffer): void {
    if (this.reason === 'spool') return;
    try {
      this.ring.write(piece, piece.length);
    } catch (error) {
      this.reason = 'spool';
      this.trouble = (error as Error).message;
      piece = piece.subarray(0, this.ring.partly);
      this.finish();
    }
    this.records.add(piece, piece.length);
    if (!this.opened) {
      this.opened = true;
      say({ event: 'open', interfaces: this.settings.interfaces.map((name) => ({ name, linkType: 0, snaplen: 0 })) });
    }
    // Whole records only: the rest of one may never come.
    say({ event: 'size', bytes: this.records.whole, first: this.ring.first, packets: this.records.packets });
  }

  /**
   * tcpdump tells its counts when SIGUSR1 comes; a program that does not catch it would die of it. Not when it is about to end:
   * it would look for its counts in what it has closed.
   */
  private ask(): void {
    if (this.settings.ask && this.opened && this.reason === undefined && this.catches(constants.signals.SIGUSR1))
      this.signal('SIGUSR1');
  }

  private catches(signal: number): boolean {
    try {
      const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
      if (!/^Name:\s*tcpdump$/m.test(status)) return false;
      const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status);
      return caught !== null && ((BigInt(`0x${caught[1]}`) >> BigInt(signal - 1)) & 1n) === 1n;
    } catch {
      return false;
    }
  }

  private tellStatistics(): void {
    const { statistics } = this.words;
    if (statistics !== undefined) say({ event: 'statistics', interfaces: [statistics] });
  }

  /** Packets that came until now are still in the kernel's hands, or the program's. */
  private stop(): void {
    if (this.reason !== undefined) return;
    this.reason = 'told';
    if (this.opened) setTimeout(() => this.finish(), this.settings.settle);
    else this.finish();
  }

  private finish(): void {
    this.child.stdin?.end();
    this.signal('SIGINT');
    // Once more where the program was not yet ours to end: it has its own privileges to give up.
    const again = setInterval(() => this.signal('SIGINT'), 200);
    setTimeout(() => {
      clearInterval(again);
      this.signal('SIGKILL');
      // What cannot be ended meets a closed pipe.
      setTimeout(() => process.exit(0), 500).unref();
    }, PATIENCE).unref();
    again.unref();
  }

  private signal(name: NodeJS.Signals): void {
    try {
      this.child.kill(name);
    } catch {
      // It runs as somebody else.
    }
  }

  private refuse(message: string): void {
    if (this.timer !== undefined) clearInterval(this.timer);
    say({ event: 'refused', interface: this.settings.interfaces[0], what: 'program', code: 0, message });
    process.stdin.destroy();
  }

  private ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.timer !== undefined) clearInterval(this.timer);
    const complaint = this.words.complaint;
    const why = complaint !== '' ? complaint : (signal ?? `exit code ${code}`);
    if (!this.opened) {
      const message = `${this.settings.name}: ${why}`;
      say({ event: 'refused', interface: this.settings.interfaces[0], ...kindOf(complaint), message });
    } else {
      this.tellStatistics();
      say({ event: 'size', bytes: this.records.whole, first: this.ring.first, packets: this.records.packets });
      if (this.reason === 'spool') say({ event: 'end', reason: 'spool', message: this.trouble ?? '' });
      else if (this.reason === 'told') say({ event: 'end', reason: 'told' });
      // dumpcap ends with 0 also when its interface has gone.
      else if (code === 0 && complaint === '') say({ event: 'end', reason: 'count' });
      else say({ event: 'end', reason: 'program', message: why });
    }
    process.stdin.destroy();
  }
}

new Relay(JSON.parse(process.argv[2]) as RelaySettings);
