import { setFlagsFromString } from 'node:v8';

/**
 * Left alone, V8 lets a large heap grow to four times of what lives in it before it looks; and it begins with so small a young
 * half that starting the program fills it several times. What less memory than this costs is in bench/README.md.
 */
export function tuneHeap(): void {
  setFlagsFromString('--heap-growing-percent=130');
  setFlagsFromString('--semi-space-growth-factor=8');
}
