import java.io.IOException;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Label;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.reflect.AccessFlag;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Gives switches over types a method of {@code instanceof} tests each. javac leaves them to {@code SwitchBootstraps}, which
 * spins a class for every switch when it is first reached, half a millisecond to three, and an ahead-of-time cache keeps none of
 * them. Switches that name constants besides stay as they are.
 *
 * <p>{@code java PlainSwitches.java CLASSES CLASSPATH}: the folder of class files, changed where they lie, and all that they name.
 */
public final class PlainSwitches {
    private final ClassFile classFile;

    private PlainSwitches(ClassLoader others) {
        this.classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(others).orElse(ClassHierarchyResolver.defaultResolver())));
    }

    public static void main(String[] args) throws IOException {
        Path classes = Path.of(args[0]);
        List<URL> path = new ArrayList<>();
        for (String entry : args[1].split(System.getProperty("path.separator"))) {
            path.add(Path.of(entry).toUri().toURL());
        }
        try (URLClassLoader others = new URLClassLoader(path.toArray(URL[]::new), null);
                Stream<Path> files = Files.walk(classes)) {
            PlainSwitches switches = new PlainSwitches(others);
            for (Path file : files.filter(file -> file.toString().endsWith(".class")).toList()) {
                switches.change(file);
            }
        }
    }

    private void change(Path file) throws IOException {
        ClassModel model = classFile.parse(file);
        boolean any = model.methods().stream()
                .flatMap(method -> method.code().stream())
                .flatMap(code -> code.elementStream())
                .anyMatch(PlainSwitches::isTypeSwitch);
        if (any) {
            Files.write(file, classFile.transformClass(model, new Change(model).transform()));
        }
    }

    /** A switch all of whose labels are classes. */
    private static boolean isTypeSwitch(CodeElement element) {
        return element instanceof InvokeDynamicInstruction call
                && call.bootstrapMethod().owner().displayName().equals("SwitchBootstraps")
                && call.bootstrapMethod().methodName().equals("typeSwitch")
                && call.bootstrapArgs().stream().allMatch(ClassDesc.class::isInstance);
    }

    /** One class; methods named {@code typeSwitch$0} and so on are added at its end. */
    private static final class Change {
        private final ClassModel model;
        private final List<InvokeDynamicInstruction> switches = new ArrayList<>();

        Change(ClassModel model) {
            this.model = model;
        }

        ClassTransform transform() {
            return ClassTransform.transformingMethodBodies(this::put).andThen(ClassTransform.endHandler(this::end));
        }

        private void put(CodeBuilder code, CodeElement element) {
            if (isTypeSwitch(element)) {
                InvokeDynamicInstruction call = (InvokeDynamicInstruction) element;
                boolean ofInterface = model.flags().has(AccessFlag.INTERFACE);
                code.invokestatic(
                        model.thisClass().asSymbol(), name(switches.size()), call.typeSymbol(), ofInterface);
                switches.add(call);
            } else {
                code.with(element);
            }
        }

        private static String name(int index) {
            return "typeSwitch$" + index;
        }

        private void end(ClassBuilder builder) {
            for (int i = 0; i < switches.size(); i++) {
                InvokeDynamicInstruction call = switches.get(i);
                builder.withMethodBody(
                        name(i),
                        call.typeSymbol(),
                        ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC,
                        code -> tests(code, call.bootstrapArgs()));
            }
        }

        /** The index of the first label from {@code restart} (parameter 1) on that fits; -1 for null, their number for none. */
        private static void tests(CodeBuilder code, List<ConstantDesc> labels) {
            code.aload(0).ifThen(Opcode.IFNULL, none -> none.iconst_m1().ireturn());
            for (int i = 0; i < labels.size(); i++) {
                Label next = code.newLabel();
                code.iload(1).loadConstant(i).if_icmpgt(next);
                code.aload(0).instanceOf((ClassDesc) labels.get(i)).ifeq(next);
                code.loadConstant(i).ireturn().labelBinding(next);
            }
            code.loadConstant(labels.size()).ireturn();
        }
    }
}
