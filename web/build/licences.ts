// licences.txt: the notices of every package whose code or data is in the page, as their licences ask.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

// Their files come as assets, not as modules.
const data = ['world-atlas'];

function folderOf(id: string): string | undefined {
  return /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1];
}

export function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle(_, bundle) {
      const ids = Object.values(bundle).flatMap((part) => (part.type === 'chunk' ? Object.keys(part.modules) : []));
      const found = new Set(ids.flatMap((id) => folderOf(id) ?? []));
      data.forEach((name) => found.add(join(process.cwd(), 'node_modules', name)));
      const texts = [...found].map((folder) => {
        const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string };
        const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
        if (file === undefined || !existsSync(join(folder, file))) {
          this.error(`${name} has no licence to hand on`);
        }
        return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
      });
      const source = texts.sort().join(`\n${'-'.repeat(72)}\n\n`);
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source });
    },
  };
}
