// Without a root, Next.js looks for lockfiles in the folders above, and warns when it finds some.
export default { turbopack: { root: import.meta.dirname } }
