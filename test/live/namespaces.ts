import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Wire } from './stage.ts';

/** Why live tests cannot run here; undefined: they can. */
export function cannot(...programs: string[]): string | undefined {
  if (process.getuid?.() !== 0) return 'not root';
  for (const program of ['ip', ...programs])
    if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return `${program} is not installed`;
  const name = `wb${process.pid}try`;
  if (spawnSync('ip', ['netns', 'add', name]).status !== 0) return 'network namespaces cannot be made here';
  spawnSync('ip', ['netns', 'del', name]);
  return undefined;
}

/** The wire, with programs at its ends that end with it. */
export class Cable extends Wire {
  private readonly children: ChildProcess[] = [];

  /** Starts a program in a namespace; `close` ends it. */
  start(space: string, command: string, ...args: string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', space, command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.children.push(child);
    return child;
  }

  /** Runs a program to its end; its standard output. */
  async run(space: string, command: string, ...args: string[]): Promise<string> {
    const child = this.start(space, command, ...args);
    const out = collect(child.stdout);
    const said = collect(child.stderr);
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${command} ${args.join(' ').slice(0, 1000)}: exit code ${code}: ${said.text}`);
    return out.text;
  }

  override close(): void {
    for (const child of this.children) if (child.exitCode === null) child.kill('SIGKILL');
    super.close();
  }
}

export function collect(stream: NodeJS.ReadableStream | null): { text: string } {
  const out = { text: '' };
  stream?.on('data', (piece: Buffer) => {
    out.text += piece.toString('utf8');
  });
  return out;
}

/** Waits until what the stream says matches. */
export function says(stream: NodeJS.ReadableStream | null, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    stream?.on('data', (piece: Buffer) => {
      text += piece.toString('utf8');
      if (pattern.test(text)) resolve();
    });
    stream?.on('end', () => reject(new Error(`ended without ${pattern}: ${text}`)));
  });
}
