import { closeSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { CaptureError } from '../capture/batch.ts';
import { find } from '../helper/programs.ts';
import { claimFile } from '../live/claim.ts';
import { exitCodeOf, KeyLog, RunningCommand, runnable, userEnvironment, type UsersKeyLog, usersKeyLog } from '../live/command.ts';
import { type PrivateNetwork, privateNetwork } from '../live/private-network.ts';
import { includeSecrets } from '../live/include-secrets.ts';
import type { RunSettings } from '../live/run-settings.ts';
import type { LiveSettings } from '../live/capture.ts';
import { settingsOf } from '../live/settings.ts';
import { startCapture } from '../live/start.ts';
import { invokingUser } from '../live/user.ts';
import { AllPackets, OwnPackets } from './run-report.ts';
import { fill } from '../text/messages.ts';
import { RUN, RUN_USAGE } from '../text/run.ts';
import { safe } from '../text/safe.ts';
import { type Language, language, type Text } from '../text/text.ts';
import { VERSION } from '../version.ts';

/** What there is in a network of the command's own. */
const INSIDE = ['eth0', 'lo'];
const PROGRAM = `wirebook ${VERSION}`;

type Say = (text: Text, values?: Record<string, string | number>) => void;

/** Not through the process's own streams: they would make the command's descriptors non-blocking. */
function complain(message: string): void {
  try {
    writeSync(2, `wirebook: ${safe(message)}\n`);
  } catch {
    // Nobody listens.
  }
}

/** `wirebook run`: gives the command's exit code. */
export async function runCommand(settings: RunSettings): Promise<number> {
  const lang = language(settings.lang, process.env);
  const say: Say = (text, values = {}) => complain(fill(text, lang, values));
  if (settings.help) {
    writeSync(1, RUN_USAGE[lang]);
    return 0;
  }
  const [name] = settings.command;
  const missing = runnable(name, process.env);
  if (missing !== 0) {
    say(missing === 127 ? RUN.notFound : RUN.notExecutable, { command: name });
    return missing;
  }
  if (settings.inside) return here(settings, lang, say);
  if (settings.write !== undefined) await claimFile(settings.write);
  if (settings.interfaces.length === 0) {
    let network: PrivateNetwork | undefined;
    const early = holdSignals();
    try {
      network = await privateNetwork();
    } catch (error) {
      say(RUN.noNetwork, { why: (error as Error).message });
    }
    try {
      if (early.signal() !== undefined) return exitCodeOf(null, early.signal() as NodeJS.Signals);
      if (network !== undefined) {
        say(RUN.alone);
        if (!network.ipv6) say(RUN.noIpv6);
        return await within(network, settings);
      }
    } finally {
      early.release();
      const left = (await network?.close()) ?? 0;
      if (left > 0) say(RUN.left, { n: left });
    }
  }
  say(RUN.among, { where: (settings.interfaces.length > 0 ? settings.interfaces : ['any']).join(', ') });
  return here(settings, lang, say);
}

/** While the network is made and taken away, signals wait. */
function holdSignals() {
  let first: NodeJS.Signals | undefined;
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const).map((signal) => {
    const handler = (): void => {
      first ??= signal;
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return {
    signal: () => first,
    release: () => {
      for (const each of handlers) each();
    },
  };
}

const hasTerminal = (): boolean => [0, 1, 2].some((fd) => isatty(fd));

/** The same program again, inside the namespace; this one stays outside, to end what it began. */
async function within(network: PrivateNetwork, settings: RunSettings): Promise<number> {
  const again = [process.execPath, process.argv[1], 'run', '--inside', ...settings.words, '--', ...settings.command];
  const running = new RunningCommand(
    [find('ip') ?? 'ip', 'netns', 'exec', network.namespace, ...again],
    process.env,
    hasTerminal(),
  );
  try {
    return await running.ended;
  } finally {
    running.release();
  }
}

function openFor(path: string, mode: number): number {
  try {
    return openSync(path, 'w', mode);
  } catch (error) {
    const why = (error as Error).message;
    const text = (lang: Language) => fill(RUN.cannotWrite, lang, { path, why });
    throw new CaptureError('write', text('en'), text('ko'));
  }
}

/** Who began this is gone, and the network with it. */
function whenOrphaned(then: () => void): NodeJS.Timeout {
  const parent = process.ppid;
  return setInterval(() => {
    if (process.ppid !== parent) then();
  }, 500).unref();
}

/** Captures, runs the command, reports. */
async function here(settings: RunSettings, lang: Language, say: Say): Promise<number> {
  const user = invokingUser(process.env);
  const where = settings.inside ? INSIDE : settings.interfaces.length > 0 ? settings.interfaces : ['any'];
  const write = settings.inside && settings.write !== undefined ? { write: settings.write } : {};
  // From here on this process is the user's.
  const capture = await startCapture(settingsOf({ interface: where, ...write }, []) as LiveSettings, PROGRAM);
  let keys: KeyLog | UsersKeyLog | undefined;
  try {
    const fd = settings.output === undefined ? 2 : settings.output === '-' ? 1 : openFor(settings.output, 0o666);
    const kept = settings.inside || settings.write === undefined ? undefined : openFor(settings.write, 0o600);
    const environment = userEnvironment(process.env, user);
    if (environment.SSLKEYLOGFILE) {
      keys = usersKeyLog(environment.SSLKEYLOGFILE);
      if (keys === undefined) say(RUN.noKeyLog, { path: environment.SSLKEYLOGFILE });
      else say(RUN.usersKeyLog, { path: keys.path });
    } else {
      keys = new KeyLog();
      environment.SSLKEYLOGFILE = keys.path;
    }
    const { format, hashes } = settings;
    let enough = false;
    const running = new RunningCommand(settings.command, environment, hasTerminal(), () => {
      enough = true;
    });
    const keyLogs = keys === undefined ? [] : [keys.path];
    const told = { capture, keyLogs, pid: running.pid, fd, format, lang, hashes, enough: () => enough };
    const packets = settings.inside ? new AllPackets(told) : new OwnPackets(told, kept, PROGRAM);
    const orphaned = settings.inside ? whenOrphaned(() => running.end()) : undefined;
    const code = await running.ended;
    clearInterval(orphaned);
    const problems = await packets.report();
    running.release();
    for (const note of capture.state.notes) complain(note[lang]);
    for (const problem of problems) complain(problem);
    const { dropped } = capture.state;
    if (dropped !== undefined && dropped > 0) say(RUN.dropped, { n: dropped });
    if (fd > 2) closeSync(fd);
    if (kept !== undefined) closeSync(kept);
    return code;
  } finally {
    await capture.finish();
    if (settings.includeSecrets && settings.write !== undefined && keys !== undefined)
      includeSecrets(settings.write, keys.path, keys.begin);
    keys?.remove();
    capture.source.close();
  }
}
