import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

const ip = (...args: string[]): void => {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
};

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

/** Two namespaces with a cable between them: a client (10.77.0.1) and a server (10.77.0.2). */
export class Cable {
  readonly client = `wb${process.pid}c`;
  readonly server = `wb${process.pid}s`;
  private readonly children: ChildProcess[] = [];

  constructor() {
    ip('netns', 'add', this.client);
    ip('netns', 'add', this.server);
    ip('-n', this.client, 'link', 'add', 'veth0', 'type', 'veth', 'peer', 'name', 'veth0', 'netns', this.server);
    for (const [space, address] of [
      [this.client, '10.77.0.1/24'],
      [this.server, '10.77.0.2/24'],
    ]) {
      ip('-n', space, 'addr', 'add', address, 'dev', 'veth0');
      ip('-n', space, 'link', 'set', 'veth0', 'up');
      ip('-n', space, 'link', 'set', 'lo', 'up');
    }
  }

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
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit code ${code}`);
    return out.text;
  }

  close(): void {
    for (const child of this.children) if (child.exitCode === null) child.kill('SIGKILL');
    for (const space of [this.client, this.server]) spawnSync('ip', ['netns', 'del', space]);
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
