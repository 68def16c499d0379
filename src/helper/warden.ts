import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { startRelay } from './dns-relay.ts';
import { dropPrivileges } from './privileges.ts';
import { inhabitants, makeNetwork, removeNetwork } from './network.ts';
import type { WardenEvent, WardenSettings } from './protocol.ts';

/**
 * Makes a network for one command, and takes it away again when told so, or when wirebook is gone, whatever way it went; then
 * what still runs in that network is ended first. It reads no packet. Standard input is wirebook's end; "done" comes on it.
 */
const PATIENCE = 3000;

const say = (event: WardenEvent): void => {
  try {
    writeSync(1, `${JSON.stringify(event)}\n`);
  } catch {
    // Wirebook is gone; standard input says so, too.
  }
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function endAll(namespace: string): Promise<void> {
  const send = (signal: NodeJS.Signals): boolean => {
    const left = inhabitants(namespace);
    for (const pid of left) {
      try {
        process.kill(pid, signal);
      } catch {
        // Gone already.
      }
    }
    return left.length > 0;
  };
  if (!send('SIGTERM')) return;
  for (const until = Date.now() + PATIENCE; Date.now() < until; await sleep(50)) if (inhabitants(namespace).length === 0) return;
  send('SIGKILL');
}

/** Passes DNS questions on, as the user: another process, because this one keeps its privileges. */
async function relay(settings: WardenSettings, address: string, resolver: string): Promise<number> {
  const told = JSON.stringify({ user: settings.user, address, resolver });
  const child = spawn(process.execPath, [process.argv[1], '--relay', told], { stdio: ['pipe', 'pipe', 'ignore'] });
  process.once('exit', () => child.kill());
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => ['']),
  ])) as [string];
  const port = Number(line);
  if (!(port > 0)) throw new Error(`questions for ${resolver} cannot be passed on`);
  return port;
}

async function keep(settings: WardenSettings): Promise<void> {
  let done = false;
  const gone = new Promise<void>((resolve) => {
    createInterface({ input: process.stdin })
      .on('line', (line) => {
        done ||= line === 'done';
      })
      .on('close', resolve);
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => process.stdin.destroy());
  try {
    const network = await makeNetwork((address, resolver) => relay(settings, address, resolver));
    say({ event: 'network', ...network });
    await gone;
    if (!done) await endAll(network.namespace);
    const left = inhabitants(network.namespace).length;
    removeNetwork();
    say({ event: 'closed', left });
  } catch (error) {
    say({ event: 'no-network', message: (error as Error).message });
  }
  process.exit(0);
}

async function passOn(told: WardenSettings & { address: string; resolver: string }): Promise<void> {
  dropPrivileges(told.user);
  process.stdin.on('end', () => process.exit(0)).resume();
  writeSync(1, `${await startRelay(told.address, told.resolver)}\n`);
}

// The bundle's pieces are functions, in which nothing can be awaited at the top.
if (process.argv[2] === '--relay') void passOn(JSON.parse(process.argv[3]));
else void keep(JSON.parse(process.argv[2]) as WardenSettings);
