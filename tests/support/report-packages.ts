import { registerHooks } from 'node:module';

const seen = new Set<string>();

/** Preloaded into a server: writes `loads PACKAGE` to stdout when it loads the first file of a package. */
registerHooks({
  load: (url, context, nextLoad) => {
    const name = url.match(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1];
    if (name !== undefined && !seen.has(name)) process.stdout.write(`loads ${name}\n`);
    if (name !== undefined) seen.add(name);
    return nextLoad(url, context);
  },
});
