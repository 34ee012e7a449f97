// The number rules of the page, in one place.
export * from './decimal';
export * from './phrases';
export * from './quantity';
export * from './scale';
export * from './time';
