import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CaptureError } from '../capture/batch.ts';
import { LiveSupply } from '../capture/live-supply.ts';
import { openSupply } from '../capture/open.ts';
import { openPrivate } from '../capture/spool.ts';
import type { HelperEvent, HelperSettings } from '../helper/protocol.ts';
import type { Text } from '../text/text.ts';
import type { LiveCapture, LiveSettings, LiveState } from './capture.ts';
import { Keeper } from './keeper.ts';
import { refusal } from './refusals.ts';
import { becomeUser, invokingUser } from './user.ts';

/** Most bytes that a live capture may take on the disk; beyond, the oldest packets are given up. */
export const SPOOL_LIMIT = 2 * 2 ** 30;

const HELPER = new URL('helper.js', import.meta.url);

/**
 * Starts the helper that opens the interfaces, and gives up this process's own privileges at once: nothing that a packet holds
 * is ever read with them. Rejects with a CaptureError in libpcap's words when an interface cannot be opened.
 */
export async function startHelper(settings: LiveSettings, program: string, helper: URL = HELPER): Promise<LiveCapture> {
  const user = invokingUser(process.env);
  const fd = spoolFor(user);
  const told: HelperSettings = {
    interfaces: settings.interfaces,
    filter: settings.filter,
    snaplen: settings.snaplen,
    buffer: settings.buffer,
    promiscuous: settings.promiscuous,
    count: settings.count,
    limit: SPOOL_LIMIT,
    program,
    ...(user === undefined ? {} : { user: { uid: user.uid, gid: user.gid } }),
  };
  // A group of its own: Ctrl-C is for the screen to understand, not for the helper to die of.
  const child = spawn(process.execPath, [fileURLToPath(helper), JSON.stringify(told)], {
    stdio: ['pipe', 'pipe', 'pipe', fd],
    detached: true,
    env: { PATH: process.env.PATH },
  });
  if (user !== undefined) becomeUser(user);
  child.stdin?.on('error', () => {});
  const keeper = settings.write === undefined ? undefined : new Keeper(settings.write);
  const supply = new LiveSupply(fd, keeper === undefined ? undefined : (bytes, at, count) => keeper.write(bytes, at, count));
  const capture = new HelperCapture(child, supply, settings);
  try {
    await capture.opened;
    capture.source = await openSupply(settings.interfaces.join(','), supply, fd);
    return capture;
  } catch (error) {
    capture.stop();
    supply.close();
    throw error;
  }
}

/** The spool belongs to the user, and has no name any more. */
function spoolFor(user: ReturnType<typeof invokingUser>): number {
  if (user === undefined) return openPrivate();
  const { HOME } = process.env;
  try {
    process.setegid?.(user.gid);
    process.seteuid?.(user.uid);
    if (user.home !== undefined) process.env.HOME = user.home;
    return openPrivate();
  } finally {
    process.env.HOME = HOME;
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

class HelperCapture implements LiveCapture {
  source!: LiveCapture['source'];
  readonly state: LiveState;
  onChange: (() => void) | undefined;
  /** Settled when the helper has opened the interfaces, or could not. */
  readonly opened: Promise<void>;
  private readonly child: ChildProcess;
  private readonly supply: LiveSupply;
  private timer: NodeJS.Timeout | undefined;

  constructor(child: ChildProcess, supply: LiveSupply, settings: LiveSettings) {
    this.child = child;
    this.supply = supply;
    this.state = {
      engine: 'libpcap',
      interfaces: settings.interfaces,
      packets: 0,
      dropped: undefined,
      interfaceDropped: undefined,
      running: true,
      notes: [],
    };
    let words = '';
    child.stderr?.on('data', (piece: Buffer) => {
      words = (words + piece.toString('utf8')).slice(-2000);
    });
    this.opened = new Promise((resolve, reject) => {
      const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
      lines.on('line', (line) => {
        const event = JSON.parse(line) as HelperEvent;
        if (event.event === 'refused') reject(refusal(event.interface, event.what, event.code, event.message));
        else if (event.event === 'open') {
          if (settings.duration > 0) this.timer = setTimeout(() => this.stop(), settings.duration);
          resolve();
        } else this.take(event);
      });
      child.on('error', (error) => reject(new CaptureError('helper', error.message, error.message)));
      child.on('close', (code, signal) => {
        const why = signal ?? `exit code ${code}`;
        reject(
          new CaptureError(
            'helper',
            `the capture helper ended (${why}): ${words.trim()}`,
            `캡처 도우미가 끝났습니다 (${why}): ${words.trim()}`,
          ),
        );
        if (this.state.running) this.ended({ en: `the capture helper ended (${why})`, ko: `캡처 도우미가 끝났습니다 (${why})` });
      });
    });
  }

  hold(held: boolean): void {
    this.supply.hold(held);
  }

  stop(): void {
    this.child.stdin?.end();
  }

  private take(event: HelperEvent): void {
    const { state } = this;
    if (event.event === 'size') {
      state.packets = event.packets;
      this.supply.grown(event.bytes, event.first);
    } else if (event.event === 'statistics') {
      const known = event.interfaces.filter((each) => each !== null);
      const dropped = known.reduce((sum, each) => sum + each.dropped, 0);
      const interfaceDropped = known.reduce((sum, each) => sum + each.interfaceDropped, 0);
      if (known.length === 0 || (dropped === state.dropped && interfaceDropped === state.interfaceDropped)) return;
      state.dropped = dropped;
      state.interfaceDropped = interfaceDropped;
    } else if (event.event === 'lost') {
      state.notes.push({ en: `${event.interface}: ${event.message}`, ko: `${event.interface}: ${event.message}` });
    } else if (event.event === 'end') this.ended(endNote(event));
    this.onChange?.();
  }

  private ended(note: Text | undefined): void {
    if (this.timer !== undefined) clearTimeout(this.timer);
    this.state.running = false;
    if (note !== undefined) this.state.notes.push(note);
    this.supply.end();
    this.onChange?.();
  }
}

function endNote(event: HelperEvent & { event: 'end' }): Text | undefined {
  if (event.reason === 'spool') return { en: `capture ended: ${event.message}`, ko: `캡처가 끝났습니다: ${event.message}` };
  if (event.reason === 'interfaces')
    return { en: 'capture ended: no interface is left', ko: '캡처가 끝났습니다: 남은 인터페이스가 없습니다' };
  return undefined;
}
