export { router } from './router.svelte';
export * from './routes';
