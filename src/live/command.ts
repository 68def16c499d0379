import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, fstatSync, mkdtempSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { constants as system, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** As a shell has them. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

type Environment = Record<string, string | undefined>;

/** Whether a command could be run: 0, or the exit code that a shell would give. */
export function runnable(word: string, env: Environment): number {
  const paths = word.includes('/')
    ? [word]
    : (env.PATH ?? '/usr/bin:/bin').split(delimiter).map((each) => join(each || '.', word));
  let worst = NOT_FOUND;
  for (const path of paths) {
    try {
      if (!statSync(path).isFile()) continue;
      worst = NOT_EXECUTABLE;
      accessSync(path, constants.X_OK);
      return 0;
    } catch {
      // Not this one.
    }
  }
  return worst;
}

/** What a shell gives for a command that ended by itself, or by a signal. */
export const exitCodeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  signal === null ? (code ?? 0) : 128 + (system.signals[signal] ?? 0);

const SUDO = ['SUDO_COMMAND', 'SUDO_USER', 'SUDO_UID', 'SUDO_GID'];

/** The environment of the user who asked, as far as sudo has left it. */
export function userEnvironment(env: Environment, user: { name: string; home: string | undefined } | undefined): Environment {
  if (user === undefined) return { ...env };
  const own: Environment = { ...env, USER: user.name, LOGNAME: user.name };
  if (user.home !== undefined) own.HOME = user.home;
  for (const name of [...SUDO, 'MAIL']) delete own[name];
  return own;
}

const KEYS = 'wirebook-keys-';

/** A file for TLS secrets that only this user can read, in a directory of its own. */
export class KeyLog {
  readonly path: string;
  readonly begin = 0;
  private readonly directory: string;

  constructor(parent = process.env.XDG_RUNTIME_DIR ?? tmpdir()) {
    try {
      removeStale(parent);
      this.directory = mkdtempSync(join(parent, `${KEYS}${process.pid}-`));
    } catch {
      this.directory = mkdtempSync(join(tmpdir(), `${KEYS}${process.pid}-`));
    }
    this.path = join(this.directory, 'keys.log');
    closeSync(openSync(this.path, 'wx', 0o600));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** The key log that the user has named: the command writes there, and what it adds is read. */
export interface UsersKeyLog {
  path: string;
  /** Where what the command adds begins: what stands before it is no business of this run. */
  begin: number;
  remove(): void;
}

/** The file is made where it is not there yet. Undefined: it cannot be read. */
export function usersKeyLog(path: string): UsersKeyLog | undefined {
  try {
    const fd = openSync(path, 'a+', 0o600);
    try {
      const stats = fstatSync(fd);
      return stats.isFile() ? { path, begin: stats.size, remove: () => {} } : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** Secrets that a killed run has left. */
function removeStale(parent: string): void {
  const own = process.getuid?.();
  for (const name of readdirSync(parent)) {
    const pid = new RegExp(`^${KEYS}(\\d+)-\\w{6}$`).exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    try {
      if (statSync(join(parent, name)).uid === own) rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Somebody else's.
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A command with this process's own input, output and terminal. */
export class RunningCommand {
  readonly ended: Promise<number>;
  private readonly child: ChildProcess;
  private over = false;
  private readonly handlers = new Map<NodeJS.Signals, () => void>();

  /** `onSignal`: what a signal means once the command has ended. */
  constructor(command: string[], env: Environment, terminal: boolean, onSignal: () => void = () => {}) {
    // A terminal sends Ctrl-C to all of its foreground processes: the command has had it already.
    const forwarded = new Set<NodeJS.Signals>(terminal ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT']);
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'] as const) {
      const handler = (): void => {
        if (this.over) onSignal();
        else if (forwarded.has(signal)) this.child.kill(signal);
      };
      this.handlers.set(signal, handler);
      process.on(signal, handler);
    }
    this.child = spawn(command[0], command.slice(1), { stdio: 'inherit', env });
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject).once('exit', (code, signal) => {
        this.over = true;
        resolve(exitCodeOf(code, signal));
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  end(): void {
    this.child.kill('SIGTERM');
  }

  /** Signals have their usual effect again. */
  release(): void {
    for (const [signal, handler] of this.handlers) process.off(signal, handler);
  }
}
