import { FileSession } from '../session/file-session.ts';
import type { Owner } from '../correlate/owners.ts';
import type { LiveCapture } from '../live/capture.ts';
import { type ProcessOwners, processOwners } from '../live/owners.ts';
import type { LiveView } from '../session/session.ts';

/** A live capture for the screens: a file session whose file grows, and which can hold still. */
export class LiveSession extends FileSession {
  private readonly capture: LiveCapture;
  private paused = false;
  private goOn: (() => void) | undefined;

  private readonly owners: ProcessOwners | undefined;

  constructor(capture: LiveCapture, owners = processOwners()) {
    super(capture.source, true, owners);
    this.capture = capture;
    this.owners = owners;
    if (owners !== undefined) owners.onFound = () => this.changed();
  }

  /** While paused nothing is read: the capture goes on into the spool. */
  override async step(): Promise<boolean> {
    while (this.paused)
      await new Promise<void>((resolve) => {
        this.goOn = resolve;
      });
    return super.step();
  }

  pause(): void {
    this.paused = !this.paused;
    this.capture.hold?.(this.paused);
    this.version++;
    this.goOn?.();
  }

  /** The capture's counters have changed. */
  changed(): void {
    this.version++;
    if (!this.capture.state.running) this.owners?.close();
  }

  owner(connection: number): Owner | 'unknown' | undefined {
    return this.connection(connection)?.process ?? this.owners?.of(connection);
  }

  live(): LiveView {
    const { state } = this.capture;
    const view: LiveView = {
      interfaces: state.interfaces,
      running: state.running,
      paused: this.paused,
      notes: state.notes,
    };
    if (state.packets !== undefined) view.unseen = Math.max(0, state.packets - this.packetCount());
    if (state.dropped !== undefined) view.dropped = state.dropped;
    if (state.interfaceDropped !== undefined) view.interfaceDropped = state.interfaceDropped;
    return view;
  }
}
