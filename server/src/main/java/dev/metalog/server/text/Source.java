package dev.metalog.server.text;

/** Code units to be copied into leaves. */
interface Source {
    char at(int index);

    void copy(int from, int to, int at, char[] target);

    static Source of(String text) {
        return new Source() {
            @Override
            public char at(int index) {
                return text.charAt(index);
            }

            @Override
            public void copy(int from, int to, int at, char[] target) {
                text.getChars(from, to, target, at);
            }
        };
    }

    static Source of(char[] units, int start) {
        return new Source() {
            @Override
            public char at(int index) {
                return units[start + index];
            }

            @Override
            public void copy(int from, int to, int at, char[] target) {
                System.arraycopy(units, start + from, target, at, to - from);
            }
        };
    }
}
