export { type CatalogueEntry, catalogue, type ErrorName, type Surface } from './catalogue.ts';
export { ApiError, type FieldError, ProfileMoved } from './error.ts';
export { errors } from './errors.ts';
