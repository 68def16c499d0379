import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { CaptureError } from '../capture/batch.ts';
import type { LiveSupply } from '../capture/live-supply.ts';
import type { HelperEvent } from '../helper/protocol.ts';
import type { Text } from '../text/text.ts';
import type { EngineName, LiveCapture, LiveSettings, LiveState } from './capture.ts';
import type { Keeper } from './keeper.ts';
import { lastWords, notes } from './notes.ts';
import { refusal } from './refusals.ts';

/** After `stop`, for as long a helper may take before it is left to itself. */
const FAREWELL = 6000;

/** A capture by a helper process that fills the spool and tells, a line of JSON an event, how far. */
export class HelperCapture implements LiveCapture {
  source!: LiveCapture['source'];
  readonly state: LiveState;
  onChange: (() => void) | undefined;
  /** Settled when the helper has opened the interfaces, or could not. */
  readonly opened: Promise<void>;
  private readonly finished: Promise<void>;
  private readonly child: ChildProcess;
  private readonly supply: LiveSupply;
  private keeper: Keeper | undefined;
  private readonly spool: number;
  private timer: NodeJS.Timeout | undefined;
  private settle!: () => void;
  /** The capture program behind the helper. */
  private program = 0;

  constructor(engine: EngineName, child: ChildProcess, supply: LiveSupply, spool: number, settings: LiveSettings) {
    this.child = child;
    this.supply = supply;
    this.spool = spool;
    this.state = {
      engine,
      interfaces: settings.interfaces,
      kernelTimes: engine !== 'cap',
      packets: 0,
      dropped: undefined,
      interfaceDropped: undefined,
      running: true,
      incomplete: false,
      notes: [],
    };
    this.finished = new Promise((resolve) => {
      this.settle = resolve;
    });
    let words = '';
    child.stderr?.on('data', (piece: Buffer) => {
      words = (words + piece.toString('utf8')).slice(-2000);
    });
    this.opened = new Promise((resolve, reject) => {
      const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
      lines.on('line', (line) => {
        const event = JSON.parse(line) as HelperEvent;
        if (event.event === 'refused') {
          this.program = 0;
          reject(refusal(event.interface, event.what, event.code, event.message));
        } else if (event.event === 'open') {
          if (settings.duration > 0) this.timer = setTimeout(() => this.stop(), settings.duration);
          resolve();
        } else this.take(event);
      });
      child.on('error', (error) => reject(new CaptureError('helper', error.message, error.message)));
      child.on('close', (code, signal) => {
        const last = lastWords(code, signal, words);
        reject(new CaptureError('helper', last.en, last.ko));
        if (this.state.running) {
          this.endProgram();
          this.ended(last);
        }
      });
    });
  }

  unsay(note: Text): void {
    this.state.notes = this.state.notes.filter((each) => each !== note);
    this.onChange?.();
  }

  /** Has everything copied, from the beginning. */
  keep(keeper: Keeper): void {
    this.keeper = keeper;
    this.copy();
    if (!this.state.running) keeper.close();
  }

  hold(held: boolean): void {
    this.supply.hold(held);
  }

  screen(shown: boolean): void {
    if (this.state.running) this.child.stdin?.write(shown ? '+' : '-');
  }

  stop(): void {
    this.child.stdin?.end();
  }

  async finish(): Promise<void> {
    this.stop();
    if (this.keeper === undefined) {
      // Nobody waits for what is still on its way; the helper ends by itself.
      this.child.unref();
      this.child.stdout?.destroy();
      this.child.stderr?.destroy();
      return;
    }
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      this.finished,
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, FAREWELL);
      }),
    ]);
    clearTimeout(timer);
  }

  note(note: Text): void {
    this.state.notes.push(note);
    this.onChange?.();
  }

  private trouble(note: Text): void {
    this.state.incomplete = true;
    this.state.notes.push(note);
  }

  private take(event: HelperEvent): void {
    const { state } = this;
    if (event.event === 'program') {
      this.program = event.pid;
      return;
    }
    if (event.event === 'size') {
      state.packets = event.packets;
      this.supply.grown(event.bytes, event.first);
      this.copy();
    } else if (event.event === 'statistics') {
      const known = event.interfaces.filter((each) => each !== null);
      const dropped = known.reduce((sum, each) => sum + each.dropped, 0);
      const interfaceDropped = known.reduce((sum, each) => sum + each.interfaceDropped, 0);
      if (known.length === 0 || (dropped === state.dropped && interfaceDropped === state.interfaceDropped)) return;
      state.dropped = dropped;
      state.interfaceDropped = interfaceDropped;
    } else if (event.event === 'lost') {
      this.trouble(notes.lost(event.interface, event.message));
    } else if (event.event === 'end') this.ended(notes.end(event));
    this.onChange?.();
  }

  private copy(): void {
    const { keeper, supply } = this;
    if (keeper === undefined || keeper.follow(this.spool, supply.size, supply.first)) return;
    if (keeper.path === '-') this.stop();
    this.trouble(notes.notKept(keeper.path, keeper.failure ?? ''));
  }

  /** The helper was killed, and could not end its program: that would go on until its next packet meets a closed pipe. */
  private endProgram(): void {
    if (this.program <= 0) return;
    try {
      process.kill(this.program, 'SIGTERM');
    } catch {
      // Gone already, or somebody else's.
    }
    this.program = 0;
  }

  private ended(note: Text | undefined): void {
    if (this.timer !== undefined) clearTimeout(this.timer);
    if (!this.state.running) return;
    this.state.running = false;
    if (note !== undefined) this.trouble(note);
    this.keeper?.close();
    this.supply.end();
    this.settle();
    this.onChange?.();
  }
}
