/**
 * Imports point down: app → product rooms → platform rooms. Rooms meet at their index.ts. Rules do not know HTTP servers,
 * only stores know SQL, only models know vendors. No cycles.
 */
const rooms = ['memory', 'conversations', 'extraction', 'ingest'];
const platform = [
  'operations',
  'events',
  'callbacks',
  'senders',
  'models',
  'jobs',
  'storage',
  'http',
  'errors',
  'accounts',
  'config',
  'runtime',
];
const either = (names) => `(${names.join('|')})`;

export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'platform-does-not-know-products',
      severity: 'error',
      from: { path: `^src/${either(platform)}/` },
      to: { path: `^src/${either([...rooms, 'app', 'cli', 'testing'])}/` },
    },
    {
      name: 'only-app-knows-everything',
      severity: 'error',
      from: { path: `^src/${either(rooms)}/` },
      to: { path: '^src/(app|cli|testing)/' },
    },
    {
      name: 'jobs-know-no-http',
      severity: 'error',
      from: { path: '^src/(jobs|storage|runtime)/' },
      to: { path: '^src/http/' },
    },
    {
      name: 'memory-knows-no-other-product',
      severity: 'error',
      from: { path: '^src/memory/' },
      to: { path: '^src/(conversations|extraction|ingest)/' },
    },
    {
      name: 'conversations-know-memory-only',
      severity: 'error',
      from: { path: '^src/conversations/' },
      to: { path: '^src/(extraction|ingest)/' },
    },
    {
      name: 'callbacks-know-no-events',
      severity: 'error',
      from: { path: '^src/callbacks/' },
      to: { path: '^src/(events|senders|operations|models|http)/' },
    },
    {
      name: 'rooms-meet-at-their-door',
      severity: 'error',
      from: { path: '^src/([^/]+)/' },
      to: {
        path: `^src/${either([...rooms, ...platform.filter((room) => room !== 'runtime')])}/`,
        pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'resources-meet-at-their-door',
      severity: 'error',
      from: { path: '^src/(memory|conversations)/([^/]+)/' },
      to: { path: '^src/(memory|conversations)/[^/]+/[^/]+', pathNot: ['^src/$1/$2/', '/index\\.ts$'] },
    },
    {
      name: 'only-stores-know-sql',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/storage/', '\\.store\\.ts$', '^src/app/server\\.ts$'] },
      to: { path: 'node_modules/(kysely|better-sqlite3|pg)/' },
    },
    {
      name: 'only-models-know-vendors',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/models/' },
      to: { path: 'node_modules/(ai|@ai-sdk)/' },
    },
    {
      name: 'only-senders-load-the-provider',
      comment: 'The whole SDK takes 22 MB; its signatures can be had by themselves.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/senders/' },
      to: { path: 'node_modules/twilio/(index|lib/index)' },
    },
    {
      name: 'the-provider-is-loaded-when-needed',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: {
        path: 'node_modules/twilio/(index|lib/index)',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'rules-know-no-server',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/http/'] },
      to: { path: 'node_modules/(fastify|@fastify)/' },
    },
    {
      name: 'wire-tests-know-no-rules',
      severity: 'error',
      from: { path: '^tests/(contract|wire|models)/' },
      to: { path: '^src/', pathNot: '^src/testing/' },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.test\\.ts$' },
      to: { path: '\\.test\\.ts$|^tests/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
