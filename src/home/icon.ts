/** An adit: a way into the rock, with light at its end. */
export const HOME_ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<path fill="#8a4b22" d="M3 29V17C3 8.7 8.8 3 16 3s13 5.7 13 14v12z"/>
<path fill="#241a14" d="M8 29V17.5C8 11.5 11.5 8 16 8s8 3.5 8 9.5V29z"/>
<path fill="#f4b25f" d="M12.5 29v-9c0-2.8 1.5-4.5 3.5-4.5s3.5 1.7 3.5 4.5v9z"/>
</svg>
`
