/** The original binds `window` or `global` while it loads. Called bare, the function every runtime has needs neither. */
export default (task: () => void) => queueMicrotask(task)
