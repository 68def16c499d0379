import type { Source } from '../capture/batch.ts';
import { KeyLogFile } from '../capture/key-log-file.ts';
import { TlsKeys } from '../dissect/tls/key-log.ts';

/** Type of a Decryption Secrets Block with a TLS key log (draft-ietf-opsawg-pcapng §4.7). */
const TLS_KEY_LOG = 0x544c534b;

/** TLS secrets of one capture: of its own blocks, and of the key logs named beside it. */
export class CaptureKeys {
  /** Absent while nobody has named any: then nothing is opened, nor held for it. */
  keys: TlsKeys | undefined;
  private readonly source: Source;
  private readonly files: KeyLogFile[] = [];
  private taken = 0;

  constructor(source: Source) {
    this.source = source;
    for (const block of source.secretsAhead ?? []) this.take(block);
    if (source.secretsAhead !== undefined) this.taken = Number.POSITIVE_INFINITY;
    for (const path of source.keyLogs ?? []) this.files.push(new KeyLogFile(path));
    if (this.files.length === 0) return;
    this.keys ??= new TlsKeys();
    // A file's packets are older than what its key log says now; others are read while they come.
    this.keys.growing = source.size === undefined;
    this.keys.refresh = () => this.refresh();
    this.refresh();
    // Of a file whose packets were captured before nobody writes on.
    if (!this.keys.growing) for (const file of this.files) file.lastLine((bytes) => this.keys?.read(bytes) ?? 0);
  }

  /** Blocks that have come since. True: there were no keys before. */
  look(): boolean {
    const { secrets } = this.source;
    if (this.taken >= secrets.length) return false;
    const none = this.keys === undefined;
    while (this.taken < secrets.length) this.take(secrets[this.taken++]);
    return none && this.keys !== undefined;
  }

  close(): void {
    for (const file of this.files) file.close();
  }

  private take(block: { type: number; data: Uint8Array }): void {
    if (block.type !== TLS_KEY_LOG) return;
    this.keys ??= new TlsKeys();
    this.keys.readAll(block.data);
  }

  private refresh(): void {
    for (const file of this.files) file.read((bytes) => this.keys?.read(bytes) ?? bytes.length);
  }
}
