#!/usr/bin/env node
// In a clone the command runs from the TypeScript sources; in the published package from their bundle.
import { existsSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';

// Later starts find the code compiled: a third less time until a command answers.
enableCompileCache();

const source = new URL('../src/cli/main.ts', import.meta.url);
const bundle = new URL('../dist/bundle/main.js', import.meta.url);
const { main } = await import((existsSync(source) ? source : bundle).href);
await main(process.argv);
// A server that has begun to listen has loaded what it needs; one that is killed would keep none of it.
flushCompileCache();
