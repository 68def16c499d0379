/** RC4, which OpenSSL 3 no longer has: old captures do. */
export class Rc4 {
  private readonly state = new Uint8Array(256);
  private i = 0;
  private j = 0;

  constructor(key?: Uint8Array) {
    const s = this.state;
    for (let i = 0; i < 256; i++) s[i] = i;
    if (key === undefined) return;
    for (let i = 0, j = 0; i < 256; i++) {
      j = (j + s[i] + key[i % key.length]) & 255;
      [s[i], s[j]] = [s[j], s[i]];
    }
  }

  copy(): Rc4 {
    const other = new Rc4();
    other.state.set(this.state);
    other.i = this.i;
    other.j = this.j;
    return other;
  }

  apply(bytes: Uint8Array, at: number, end: number): Uint8Array {
    const result = new Uint8Array(end - at);
    for (let n = 0; n < result.length; n++) result[n] = bytes[at + n] ^ this.next();
    return result;
  }

  skip(length: number): void {
    for (let n = 0; n < length; n++) this.next();
  }

  private next(): number {
    const s = this.state;
    this.i = (this.i + 1) & 255;
    const a = s[this.i];
    this.j = (this.j + a) & 255;
    const b = s[this.j];
    s[this.i] = b;
    s[this.j] = a;
    return s[(a + b) & 255];
  }
}
