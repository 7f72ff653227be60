/** The door of the guard: what is left out of memories. */
export { isSecretLabel } from './credential.ts';
export { createGuard, type Guard, type Guarded } from './guard.ts';
