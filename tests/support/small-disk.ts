import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own in memory, which can be made full. A commit to it waits for nothing. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all space away that is not in use. */
  fill(): void;
  /** Gives it back. */
  empty(): void;
  /** Bytes in use. */
  used(): number;
  remove(): void;
}

/** What is written between the look at the space in use and its end. */
const slackBytes = 256 * 1024;
const triesMax = 10;

/** Undefined where it can't be had: mounting needs rights that not everybody has. */
export function mountSmallDisk(megabytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-disk-'));
  const mount = (...options: string[]) =>
    spawnSync('mount', ['-t', 'tmpfs', '-o', options.join(), 'tmpfs', folder]).status === 0;
  if (!mount(`size=${megabytes}m`)) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const used = () => {
    const { blocks, bfree, bsize } = statfsSync(folder);
    return (blocks - bfree) * bsize;
  };
  return {
    folder,
    used,
    fill() {
      for (let tries = 0; tries < triesMax; tries += 1) {
        // Less than is in use is refused.
        if (mount('remount', `size=${used() + slackBytes}`)) return;
      }
      throw new Error('the disk could not be made smaller');
    },
    empty() {
      if (!mount('remount', `size=${megabytes}m`)) throw new Error('the disk could not be made larger');
    },
    remove() {
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
