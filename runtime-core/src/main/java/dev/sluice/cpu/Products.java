package dev.sluice.cpu;

import dev.sluice.kernels.Activations;
import dev.sluice.kernels.F32;
import dev.sluice.kernels.MatMul;
import dev.sluice.kernels.Matrix;
import dev.sluice.kernels.Rows;
import dev.sluice.kernels.ThreadTeam;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Independent matrix products of one region. Their rows form one index space, weighted by cost, that is cut into as many
 * contiguous bands as there are members: ten experts of 512 rows keep every member at work to the end, and each member
 * reads its weights in one stream.
 */
final class Products implements ThreadTeam.Region {
    /** Cuts fall on multiples of this many rows of a matrix, of {@link MatMul#GRAIN} with many tokens: whole tiles. */
    private static final int GRAIN = 16;

    /** The same of a product whose maxima are kept, so that a block has one member: more rows, of a matrix that has many. */
    private static final int MAXIMA_GRAIN = Activations.BLOCK;

    /** What fetching and widening a weight costs, in multiply-adds; decides how experts with few tokens count. */
    private static final int FETCH_COST = 4;

    /** Products that a member has asked for before it comes to them: of the 80B model's experts in FP8 16 MB. */
    private static final int AHEAD = 8;

    /** Cost of a piece that is worth its own start: 64 KiB of BF16 times one token. */
    private static final long LEAST = (1 + FETCH_COST) * 32L * 1024;

    private final Workers workers;
    private final Shares shares;
    private final MatMul matMul;
    private final MatMul exactMatMul;
    private final Activations activations;
    private Product[] products = new Product[0];
    private int count;
    private long cost;
    private final Vectors[] vectors;
    private @Nullable ExpertPages ahead;

    Products(Workers workers) {
        this.workers = workers;
        this.shares = new Shares(workers.members());
        this.matMul = workers.kernels().matMul();
        this.exactMatMul = workers.kernels().exactMatMul();
        this.activations = workers.kernels().activations();
        this.vectors = new Vectors[workers.members()];
        for (int member = 0; member < vectors.length; member++) {
            vectors[member] = new Vectors();
        }
    }

    /** The vectors that a member multiplied last in this region: packed, they serve the next product with them, too. */
    private static final class Vectors {
        private @Nullable MatMul matMul;
        private @Nullable Rows x;
        private int first;
        private int tokens;
        private long name;

        /** Their name; a new one where they are others than before. */
        @SuppressWarnings("ReferenceEquality") // rows that are equal but not the same get a new name, no more
        private long name(Product p, Workers workers, int member) {
            if (matMul != p.matMul || x != p.x || first != p.xFirst || tokens != p.tokens) {
                matMul = p.matMul;
                x = p.x;
                first = p.xFirst;
                tokens = p.tokens;
                name = workers.newName(member);
            }
            return name;
        }

        private void forget() {
            matMul = null;
            x = null;
        }
    }

    /** One product, or the pair {@code silu(gate x) * (up x)}. Mutable so that a token allocates none. */
    private static final class Product {
        private Matrix matrix;
        private Rows x;
        private Rows y;
        private int xFirst;
        private int yFirst;
        private int tokens;
        private MatMul matMul;
        private @Nullable Matrix up;
        private @Nullable Rows upRows;
        private @Nullable Rows maxima;
        private long firstCost;
        private long rowCost;

        private Product(MatMul matMul, Matrix matrix, Rows x, Rows y) {
            this.matMul = matMul;
            this.matrix = matrix;
            this.x = x;
            this.y = y;
        }

        /** The row at which {@code cost}, counted over all products, is reached, on a multiple of the grain. */
        private int rowAt(long cost) {
            int grain = tokens >= MatMul.MANY ? MatMul.GRAIN : maxima == null ? GRAIN : MAXIMA_GRAIN;
            long row = (cost - firstCost) / rowCost / grain * grain;
            return Math.clamp(row, 0, matrix.rows());
        }
    }

    Products clear() {
        count = 0;
        cost = 0;
        return this;
    }

    /** {@code y[yFirst + t] = w x[xFirst + t]} for {@code tokens} rows. */
    Products add(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens) {
        put(matMul, w, null, x, xFirst, y, null, yFirst, tokens, null);
        return this;
    }

    /** {@link #add} with activations as they are, in every tier. */
    Products addExact(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens) {
        put(exactMatMul, w, null, x, xFirst, y, null, yFirst, tokens, null);
        return this;
    }

    /** {@code y = silu(gate x) * (up x)}; {@code upRows} receives {@code up x}. */
    Products addSwiGlu(Matrix gate, Matrix up, Rows x, int xFirst, Rows y, Rows upRows, int yFirst, int tokens) {
        put(matMul, gate, up, x, xFirst, y, upRows, yFirst, tokens, null);
        return this;
    }

    /**
     * {@link #add}, and in {@code maxima[yFirst + t]} the maximum of every {@link Activations#BLOCK} results, taken while they are
     * in cache.
     */
    Products addWithMaxima(Matrix w, Rows x, int xFirst, Rows y, int yFirst, int tokens, Rows maxima) {
        put(matMul, w, null, x, xFirst, y, null, yFirst, tokens, maxima);
        return this;
    }

    private void put(
            MatMul kernel,
            Matrix w,
            @Nullable Matrix up,
            Rows x,
            int xFirst,
            Rows y,
            @Nullable Rows upRows,
            int yFirst,
            int tokens,
            @Nullable Rows maxima) {
        int most = MatMul.block(w.cols());
        int blocks = Math.max(1, (tokens + most - 1) / most);
        int block = (tokens + blocks - 1) / blocks;
        for (int t = 0;
                t < tokens;
                t += block) { // their packed vectors stay until the last rows are multiplied with them
            Product product = next(w, x, y);
            product.matMul = kernel;
            product.matrix = w;
            product.x = x;
            product.y = y;
            product.xFirst = xFirst + t;
            product.yFirst = yFirst + t;
            product.tokens = Math.min(block, tokens - t);
            product.up = up;
            product.upRows = upRows;
            product.maxima = maxima;
            product.firstCost = cost;
            product.rowCost = (long) w.cols() * (product.tokens + FETCH_COST) * (up == null ? 1 : 2);
            cost += w.rows() * product.rowCost;
        }
    }

    private Product next(Matrix w, Rows x, Rows y) {
        if (count == products.length) {
            products = Arrays.copyOf(products, 2 * count + 4);
            for (int i = count; i < products.length; i++) {
                products[i] = new Product(matMul, w, x, y);
            }
        }
        return products[count++];
    }

    /** Computes all of them. */
    void run() {
        shares.begin(cost, LEAST);
        workers.run(this);
    }

    /** Computes all of them; each member asks for matrices some products before it comes to them. */
    void run(ExpertPages pages) {
        ahead = pages;
        try {
            run();
        } finally {
            ahead = null;
        }
    }

    @Override
    public void run(int member, int members) {
        vectors[member].forget();
        for (int i = 0; i < members; i++) {
            int band = (member + i) % members;
            int asked = 0;
            for (long from = shares.take(band); from >= 0; from = shares.take(band)) {
                asked = compute(from, shares.end(band, from), asked, member);
            }
        }
    }

    /** Computes the rows of a piece; returns which products have been asked for. */
    private int compute(long from, long to, int asked, int member) {
        int done = asked;
        for (int i = 0; i < count; i++) {
            Product product = products[i];
            int first = product.rowAt(from);
            int end = to == cost ? product.matrix.rows() : product.rowAt(to);
            if (first < end) {
                done = ask(Math.max(done, i), Math.min(count, i + AHEAD), to);
                multiply(product, first, end, end < product.matrix.rows() ? i : i + 1, member);
            }
        }
        return done;
    }

    /** Asks for those of the products {@code [from, end)} that begin before {@code cost}; returns where to go on. */
    private int ask(int from, int end, long cost) {
        ExpertPages pages = ahead;
        if (pages == null) {
            return end;
        }
        int i = from;
        for (; i < end && products[i].firstCost < cost; i++) {
            Matrix up = products[i].up;
            pages.willNeed(products[i].matrix);
            if (up != null) {
                pages.willNeed(up);
            }
        }
        return i;
    }

    /** Rows {@code [from, to)}, and says what comes after them: product {@code next}, from here on or from its start. */
    private void multiply(Product p, int from, int to, int next, int member) {
        if (p.up != null) {
            p.matMul.expect(p.up, from, to, workers.scratch(member));
        } else {
            expect(p, to, next, member);
        }
        F32 scratch = workers.scratch(member);
        long name = vectors[member].name(p, workers, member);
        p.matMul.multiply(p.matrix, p.x, p.xFirst, p.y, p.yFirst, p.tokens, from, to, scratch, name);
        Rows maxima = p.maxima;
        if (maxima != null) {
            for (int row = p.yFirst; row < p.yFirst + p.tokens; row++) {
                long at = maxima.row(row) + from / Activations.BLOCK;
                activations.maxima(p.y.data(), p.y.row(row) + from, to - from, maxima.data(), at);
            }
        }
        Matrix up = p.up;
        Rows upRows = p.upRows;
        if (up == null || upRows == null) {
            return;
        }
        expect(p, to, next, member);
        p.matMul.multiply(up, p.x, p.xFirst, upRows, p.yFirst, p.tokens, from, to, scratch, name);
        for (int row = p.yFirst; row < p.yFirst + p.tokens; row++) {
            long gateAt = p.y.row(row) + from;
            activations.swiglu(
                    p.y.data(), gateAt, upRows.data(), upRows.row(row) + from, p.y.data(), gateAt, to - from);
        }
    }

    private void expect(Product p, int to, int next, int member) {
        if (next < count) {
            Product follows = products[next];
            follows.matMul.expect(
                    follows.matrix, follows == p ? to : 0, follows.matrix.rows(), workers.scratch(member));
        }
    }
}
