/** A profile as one document: everything out, and back in. */
export { exportProfile } from './export.ts';
export { type ImportedProfile, importProfile } from './import.ts';
export { portabilityRoutes } from './portability.routes.ts';
export { ProfileDocument } from './profile-document.ts';
