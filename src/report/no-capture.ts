import type { CaptureError } from '../capture/batch.ts';
import { VERSION } from '../version.ts';
import { str } from './json-text.ts';
import { Out } from './out.ts';

/** What a program that asked for JSON gets where nothing could be read: the same document, empty, with the reason. */
export function writeNoCapture(file: string, error: CaptureError, format: 'text' | 'json' | 'jsonl'): void {
  if (format === 'text') return;
  const members =
    `"file":${str(file)},"packets":0,"capturedBytes":0,"wireBytes":0,"cutPackets":0,"linkTypes":[]` +
    `,"problems":[{"code":${str(error.code)},"message":${str(error.message)}}]`;
  const out = new Out(1);
  if (format === 'jsonl') out.write(`{"record":"capture","schema":1,"program":"wirebook ${VERSION}",${members},"protocols":{}}\n`);
  else {
    const lists = ['connections', 'datagrams', 'dns', 'arp', 'ndp', 'icmp', 'tls', 'quic', 'http', 'journeys', 'verdicts'];
    out.write(`{"schema":1,"program":"wirebook ${VERSION}","capture":{${members}},"protocols":{}`);
    for (const name of lists) out.write(`,"${name}":[]`);
    out.write('}\n');
  }
  out.flush();
}
